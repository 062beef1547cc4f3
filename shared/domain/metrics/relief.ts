/** What uses less under critical pressure reads its share here. */
export interface Relief {
  /** 1 in calm times; under critical pressure down to `LEAST_SHARE`. */
  readonly share: number;
  /** The part of a batch, at least one, that is taken at this share. */
  batchOf(size: number): number;
}

/** What uses less while this process, or Redis, is under critical pressure. */
export interface Reliefs {
  readonly process: StepwiseRelief;
  readonly redis: StepwiseRelief;
}

/** Below this nothing is gained: what is left is the rest of the process. */
export const LEAST_SHARE = 1 / 8;

/**
 * Halves the share with every sample under critical pressure and doubles it with every one without:
 * back in steps, so that what was given up does not return all at once and raise the pressure again.
 */
export class StepwiseRelief implements Relief {
  #share = 1;
  readonly #listeners: ((share: number) => void)[] = [];

  get share(): number {
    return this.#share;
  }

  batchOf(size: number): number {
    return Math.max(1, Math.floor(size * this.#share));
  }

  /** Called with the share whenever it changes. */
  onChange(listener: (share: number) => void): void {
    this.#listeners.push(listener);
  }

  /** One sample further; says whether the share changed. */
  step(isCritical: boolean): boolean {
    const next = isCritical ? Math.max(LEAST_SHARE, this.#share / 2) : Math.min(1, this.#share * 2);
    if (next === this.#share) return false;
    this.#share = next;
    for (const listener of this.#listeners) listener(next);
    return true;
  }
}

/** For what is never under pressure. */
export const NO_RELIEF: Relief = { share: 1, batchOf: (size) => size };
