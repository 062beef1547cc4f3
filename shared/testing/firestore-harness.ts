import { randomUUID } from 'node:crypto';
import { Firestore } from '@google-cloud/firestore';
import { type FirestoreStores, openFirestore } from '../adapters/firestore/open-firestore.ts';
import { EMULATOR_REQUEST_MAX_BYTES } from '../adapters/firestore/sized-writes.ts';
import { InProcessMeter } from '../adapters/in-process/meter.ts';
import type { DurableHarness } from './durable-harness.ts';
import { ManualClock } from './manual-clock.ts';

/** Databases of an emulator, a new one per test: making one costs nothing, clearing one is slow. */
export class FirestoreHarness implements DurableHarness {
  readonly runs = 6;
  readonly clock = new ManualClock();
  /** Counts in all stores of this harness. */
  readonly meter = new InProcessMeter();
  #databaseId = '';
  #open: FirestoreStores[] = [];

  async create(): Promise<FirestoreStores> {
    this.#closeAll();
    this.#databaseId = `t-${randomUUID()}`;
    return this.peer();
  }

  async peer(): Promise<FirestoreStores> {
    return this.stores(this.client());
  }

  /** Stores of the database created last, over a client that a test has prepared. */
  stores(firestore: Firestore): FirestoreStores {
    const stores = openFirestore({
      firestore,
      clock: this.clock,
      meter: this.meter,
      maxRequestBytes: EMULATOR_REQUEST_MAX_BYTES,
    });
    this.#open.push(stores);
    return stores;
  }

  /** A client of the database created last. */
  client(): Firestore {
    return emulatedFirestore(this.#databaseId);
  }

  // A field, so that a contract can take it without the harness.
  readonly reopen = async (): Promise<FirestoreStores> => {
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
  }

  #closeAll(): void {
    for (const stores of this.#open) stores.close();
    this.#open = [];
  }
}

/** A client of one database of the emulator that `FIRESTORE_EMULATOR_HOST` names. */
export const emulatedFirestore = (databaseId: string): Firestore =>
  new Firestore({ projectId: 'demo-strata', databaseId });
