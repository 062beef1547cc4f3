import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite, type SqliteStores } from '../adapters/sqlite/open-sqlite.ts';
import type { DurableHarness } from './durable-harness.ts';
import { ManualClock } from './manual-clock.ts';

/** SQLite files in a directory of their own, which `dispose` removes. */
export class SqliteHarness implements DurableHarness {
  readonly runs = 100;
  readonly clock = new ManualClock();
  readonly #directory = mkdtempSync(join(tmpdir(), 'strata-sqlite-'));
  #files = 0;
  #open: SqliteStores[] = [];

  /** The file created last. */
  get path(): string {
    return join(this.#directory, `${this.#files}.db`);
  }

  async create(): Promise<SqliteStores> {
    this.#closeAll();
    this.#files++;
    return this.peer();
  }

  async peer(): Promise<SqliteStores> {
    return this.#keep(openSqlite({ path: this.path, clock: this.clock }));
  }

  /** A client that hardly waits for others. */
  async impatientPeer(): Promise<SqliteStores> {
    return this.#keep(openSqlite({ path: this.path, clock: this.clock, busyTimeoutMs: 5 }));
  }

  // A field, so that a contract can take it without the harness.
  readonly reopen = async (): Promise<SqliteStores> => {
    this.#closeAll();
    return this.peer();
  };

  now(): number {
    return this.clock.now();
  }

  async elapse(ms: number): Promise<void> {
    this.clock.advance(ms);
  }

  dispose(): void {
    this.#closeAll();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #keep(stores: SqliteStores): SqliteStores {
    this.#open.push(stores);
    return stores;
  }

  #closeAll(): void {
    for (const stores of this.#open) stores.close();
    this.#open = [];
  }
}
