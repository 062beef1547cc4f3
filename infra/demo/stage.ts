import type { ManualClock } from '../../shared/testing/manual-clock.ts';
import type { CountTokens } from './checks/budget.ts';
import type { Client } from './client.ts';
import type { ReadCounter } from './counting-store.ts';
import type { CallTimes } from './http-transport.ts';

/** The system that the demo plays on. */
export interface Stage {
  /** What it is, for the reader of the report. */
  readonly title: string;
  /** What is not as it is by default, and why. */
  readonly remark?: string;
  readonly client: Client;
  readonly times: CallTimes;
  /** Only where the whole system runs in this process. */
  readonly inside?: Inside;
  /** Resolves when summaries and migrations that were asked for are done. */
  settle(): Promise<void>;
  /** Says where the data is when it was kept. */
  close(): Promise<string | undefined>;
}

/** What one can do only with a system of one's own. */
export interface Inside {
  readonly clock: ManualClock;
  readonly reads: ReadCounter;
  readonly counter: CountTokens;
  dropCache(): Promise<void>;
  /**
   * Opens a second system on the same directory, calls `whileBoth` with a client of the first, and
   * goes on with the second. The first is not closed before: it ends as a crash would end it.
   */
  restart(whileBoth: (first: Client) => Promise<void>): Promise<void>;
  /** A migration that must stop after so many steps. */
  migrateBriefly(steps: number): Promise<{ readonly moved: number; readonly remaining: number }>;
  /** Every file of the data directory. */
  readFiles(): Promise<readonly Buffer[]>;
}
