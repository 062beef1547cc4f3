import { ItemsTable } from './items-table.ts';
import { ReplaysTable } from './replays-table.ts';
import { SegmentsTable } from './segments-table.ts';
import { SessionsTable } from './sessions-table.ts';
import type { Db } from './statement.ts';
import { SummariesTable } from './summaries-table.ts';
import { TombstonesTable } from './tombstones-table.ts';
import { TotalsTable } from './totals-table.ts';

/** The tables that a commit and an erasure touch together. */
export interface Tables {
  readonly sessions: SessionsTable;
  readonly items: ItemsTable;
  readonly segments: SegmentsTable;
  readonly summaries: SummariesTable;
  readonly replays: ReplaysTable;
  readonly tombstones: TombstonesTable;
  readonly totals: TotalsTable;
}

export const prepareTables = (db: Db): Tables => ({
  sessions: new SessionsTable(db),
  items: new ItemsTable(db),
  segments: new SegmentsTable(db),
  summaries: new SummariesTable(db),
  replays: new ReplaysTable(db),
  tombstones: new TombstonesTable(db),
  totals: new TotalsTable(db),
});
