import type { StatementSync } from 'node:sqlite';
import type { TierCounts } from '../../domain/head.ts';
import { TIERS } from '../../domain/item.ts';
import type { StoreTotals } from '../../ports/session-index.ts';
import { type Db, type Query, query } from './statement.ts';

/** What a change adds to the totals; what it takes away is negative. */
export interface TotalsDelta {
  readonly sessions: number;
  readonly summaries: number;
  /** The counts of the session's head before and after; absent where there is no head. */
  readonly before: TierCounts | undefined;
  readonly after: TierCounts | undefined;
}

type Row = Readonly<Record<string, number>>;

const COUNTS = ['items', 'bytes', 'rawBytes'] as const;
const COLUMNS = ['items', 'bytes', 'raw_bytes'] as const;
const NAMES = TIERS.flatMap((tier) => COLUMNS.map((column) => `${tier}_${column}`));

/** Sums over all sessions, kept by every commit as the difference that it makes. */
export class TotalsTable {
  readonly #read: Query<Row>;
  readonly #add: StatementSync;

  constructor(db: Db) {
    this.#read = query(db, `SELECT sessions, summaries, ${NAMES} FROM totals WHERE id = 1`);
    const sums = ['sessions', 'summaries', ...NAMES].map((name) => `${name} = ${name} + ?`);
    this.#add = db.prepare(`UPDATE totals SET ${sums} WHERE id = 1`);
  }

  read(): StoreTotals {
    const row = this.#read.get() ?? {};
    const count = (name: string) => row[name] ?? 0;
    const tier = (name: string) => ({
      items: count(`${name}_items`),
      bytes: count(`${name}_bytes`),
      rawBytes: count(`${name}_raw_bytes`),
    });
    return {
      sessions: count('sessions'),
      summaries: count('summaries'),
      tiers: { hot: tier('hot'), warm: tier('warm'), cold: tier('cold') },
    };
  }

  add({ sessions, summaries, before, after }: TotalsDelta): void {
    const deltas = TIERS.flatMap((tier) =>
      COUNTS.map((count) => (after?.[tier][count] ?? 0) - (before?.[tier][count] ?? 0)),
    );
    this.#add.run(sessions, summaries, ...deltas);
  }
}
