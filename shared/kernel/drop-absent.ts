type Present<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };

/** Leaves out what is `undefined`: an absent field and an undefined one are not the same. */
export function dropAbsent<T extends object>(fields: T): Present<T> {
  // The cast states what the filter does: no key with an undefined value is left.
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Present<T>;
}
