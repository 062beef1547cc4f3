/** The invariants of the design that the demo looks at, with what each promises. */
export const INVARIANTS = [
  { number: 1, name: 'Durable first', promise: 'what was acknowledged is there after a restart' },
  { number: 2, name: 'One home', promise: 'every seq exactly once, no gap, no overlap' },
  { number: 3, name: 'Read your write', promise: 'the next read has what was just appended' },
  { number: 4, name: 'The cache is disposable', promise: 'the same answers without it' },
  { number: 5, name: 'Order', promise: 'seq order, though clients’ clocks jump' },
  { number: 6, name: 'Appending twice is once', promise: 'a repeated request adds nothing' },
  { number: 7, name: 'Groups are whole', promise: 'calls with their results, providers accept it' },
  {
    number: 8,
    name: 'Pins stay',
    promise: 'in every context, or 422 and the budget that would do',
  },
  { number: 9, name: 'A summary deletes nothing', promise: 'all originals readable, as sent' },
  { number: 10, name: 'The budget holds', promise: 'never more tokens than asked for' },
  { number: 11, name: 'Isolation', promise: 'no other user reaches an item' },
  {
    number: 12,
    name: 'Erased is erased',
    promise: 'nothing left, and late events bring nothing back',
  },
  { number: 13, name: 'Bounded work', promise: 'a run stops in time, the next one goes on' },
] as const;

export type InvariantNumber = (typeof INVARIANTS)[number]['number'];

/** What one check looked at and what it found wrong. */
export interface Examined {
  readonly invariant: InvariantNumber;
  /** How many of what, in the singular: `{ 'jump back in time': 4 }`. */
  readonly looked: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
}

export interface Verdict {
  readonly number: InvariantNumber;
  readonly name: string;
  readonly promise: string;
  readonly status: 'kept' | 'broken' | 'unchecked';
  readonly looked: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
  /** What could not be looked at, and why. */
  readonly without: readonly string[];
}

/** Collects what all checks found. */
export class Findings {
  readonly #examined: Examined[] = [];
  readonly #without: { readonly invariant: InvariantNumber; readonly reason: string }[] = [];

  add(...examined: readonly Examined[]): void {
    this.#examined.push(...examined);
  }

  /** Says that part of an invariant, or all of it, is not looked at. */
  leaveOut(invariant: InvariantNumber, reason: string): void {
    this.#without.push({ invariant, reason });
  }

  get faultCount(): number {
    return this.#examined.reduce((sum, { faults }) => sum + faults.length, 0);
  }

  verdicts(): Verdict[] {
    return INVARIANTS.map(({ number, name, promise }) => {
      const own = this.#examined.filter(({ invariant }) => invariant === number);
      const looked = sumOf(own);
      const faults = own.flatMap((examined) => examined.faults);
      const isChecked = Object.values(looked).some((count) => count > 0);
      return {
        number,
        name,
        promise,
        status: faults.length > 0 ? 'broken' : isChecked ? 'kept' : 'unchecked',
        looked,
        faults,
        without: this.#without
          .filter(({ invariant }) => invariant === number)
          .map(({ reason }) => reason),
      };
    });
  }
}

function sumOf(examined: readonly Examined[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { looked } of examined) {
    for (const [what, count] of Object.entries(looked)) sums[what] = (sums[what] ?? 0) + count;
  }
  return sums;
}
