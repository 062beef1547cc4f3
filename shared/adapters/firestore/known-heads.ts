import type { Timestamp } from '@google-cloud/firestore';
import type { SessionKey } from '../../domain/ids.ts';

/** A head as this process last read or wrote it. */
export interface KnownHead {
  readonly version: number;
  /** Firestore's own version of the document, for the precondition of the next commit. */
  readonly updateTime: Timestamp;
  readonly summaries: number;
  readonly hasSegments: boolean;
  readonly commitIds: readonly string[];
}

/** About 400 bytes each. */
const MAX_HEADS = 20_000;

/**
 * Heads that this process may overwrite without a read. Being wrong costs a refused commit and a
 * read, never a wrong write. Heads under a tombstone are not taken in.
 */
export class KnownHeads {
  readonly #heads = new Map<SessionKey, KnownHead>();

  get(key: SessionKey, version: number | undefined): KnownHead | undefined {
    const known = this.#heads.get(key);
    return known && known.version === version ? known : undefined;
  }

  put(key: SessionKey, head: KnownHead): void {
    this.#heads.delete(key);
    this.#heads.set(key, head);
    if (this.#heads.size <= MAX_HEADS) return;
    const oldest = this.#heads.keys().next();
    if (!oldest.done) this.#heads.delete(oldest.value);
  }

  drop(key: SessionKey): void {
    this.#heads.delete(key);
  }
}
