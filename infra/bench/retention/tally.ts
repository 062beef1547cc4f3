import { round } from '../measure.ts';
import type { Table } from '../result.ts';

export interface Sample {
  readonly when: string;
  readonly budget: number;
  /** Whose context it is. */
  readonly name: string;
  readonly kind: string;
}

/** Stands for all kinds. */
const ALL = 'all';

/** Shares of what is still there. */
export class Tally {
  readonly #counts = new Map<string, { kept: number; all: number }>();
  readonly #seen = { when: new Set<string>(), budget: new Set<number>(), name: new Set<string>() };
  readonly #kinds = new Set<string>();

  add(sample: Sample, isKept: boolean): void {
    const { when, budget, name, kind } = sample;
    this.#seen.when.add(when);
    this.#seen.budget.add(budget);
    this.#seen.name.add(name);
    this.#kinds.add(kind);
    for (const what of new Set([kind, ALL])) {
      const key = keyOf({ ...sample, kind: what });
      const { kept, all } = this.#counts.get(key) ?? { kept: 0, all: 0 };
      this.#counts.set(key, { kept: kept + (isKept ? 1 : 0), all: all + 1 });
    }
  }

  /** In percent, to three digits. */
  share(sample: Sample): number {
    const { kept, all } = this.#counts.get(keyOf(sample)) ?? { kept: 0, all: 0 };
    return round((100 * kept) / all);
  }

  /** By kind, a column for each budget: the shares of all whose contexts these are, side by side. */
  table(title: string): Table {
    const names = [...this.#seen.name];
    const budgets = [...this.#seen.budget];
    const [first = '', ...later] = this.#seen.when;
    const cell = (when: string, kind: string) => (budget: number) =>
      names.map((name) => this.share({ when, budget, name, kind })).join(' / ');
    const row = (label: string, when: string, kind: string) => [
      label,
      ...budgets.map(cell(when, kind)),
    ];
    return {
      title: `${title}; ${names.join(' / ')}`,
      columns: [first, ...budgets.map((budget) => `${budget.toLocaleString('en')} tokens`)],
      rows: [
        ...[...this.#kinds].map((kind) => row(kind, first, kind)),
        ...(this.#kinds.size > 1 ? [row(ALL, first, ALL)] : []),
        ...later.map((when) => row(`${ALL}, ${when}`, when, ALL)),
      ],
    };
  }
}

const keyOf = ({ when, budget, name, kind }: Sample): string =>
  [when, budget, name, kind].join(' ');
