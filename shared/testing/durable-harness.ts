import type { DeadLetters } from '../ports/dead-letters.ts';
import type { ErasureStore } from '../ports/erasure-store.ts';
import type { SecretStore } from '../ports/secret-store.ts';
import type { SessionIndex } from '../ports/session-index.ts';
import type { SessionStore } from '../ports/session-store.ts';

/** The durable ports over one set of data. */
export interface DurableStores {
  readonly store: SessionStore;
  readonly index: SessionIndex;
  readonly erasure: ErasureStore;
  readonly deadLetters: DeadLetters;
  readonly secrets: SecretStore;
}

/** What the contracts of the durable ports need of an adapter. */
export interface DurableHarness {
  /** Stores without any data. */
  create(): Promise<DurableStores>;
  /** Another client of the data created last, as another instance of the service has one. */
  peer(): Promise<DurableStores>;
  /** The data created last after every client was closed; absent where it ends with them. */
  reopen?(): Promise<DurableStores>;
  /** The stores' time in Unix milliseconds. */
  now(): number;
  /** Lets `ms` milliseconds pass for the stores: turns a manual clock, or really waits. */
  elapse(ms: number): Promise<void>;
  /** Random cases per property; a store behind a network takes fewer. */
  readonly runs: number;
}
