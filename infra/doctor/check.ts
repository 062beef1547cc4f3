/** What a check found. */
export type Finding =
  | { readonly status: 'well'; readonly what: string }
  /** Works, and could surprise; `todo` says what to do. */
  | { readonly status: 'warning'; readonly what: string; readonly todo: string }
  | { readonly status: 'fault'; readonly what: string; readonly todo: string };

/** One thing that has to be right. */
export interface Check {
  readonly name: string;
  run(): Promise<Finding>;
}

export const well = (what: string): Finding => ({ status: 'well', what });
export const warning = (what: string, todo: string): Finding => ({ status: 'warning', what, todo });
export const fault = (what: string, todo: string): Finding => ({ status: 'fault', what, todo });

/** A check that cannot end must not hold up the others, in milliseconds. */
const PATIENCE_MS = 15_000;

/** What a check finds; one that fails or hangs is a fault itself. */
export async function examine(check: Check): Promise<Finding> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding>((resolve) => {
    const todo = 'Check the network, and what it talks to.';
    timer = setTimeout(() => resolve(fault('no answer in 15 s', todo)), PATIENCE_MS);
  });
  try {
    return await Promise.race([check.run(), late]);
  } catch (error) {
    const text = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ');
    return fault(text, 'Mend what the message says, then run the doctor again.');
  } finally {
    clearTimeout(timer);
  }
}
