import type { Segment } from '../../shared/domain/segment.ts';
import type { LogSlice, SessionStore } from '../../shared/ports/session-store.ts';

/** What was read from the durable store: a head, an item, a segment or a summary each count one. */
export class ReadCounter {
  #documents = 0;
  readonly #blocks = new Map<string, Buffer>();

  get documents(): number {
    return this.#documents;
  }

  /** Cold blocks as they are stored, by their checksum: every one that was ever read. */
  get blocks(): readonly Buffer[] {
    return [...this.#blocks.values()];
  }

  read(documents: number): void {
    this.#documents += documents;
  }

  saw(segments: readonly Segment[]): void {
    for (const { sha256, bytes } of segments) this.#blocks.set(sha256, Buffer.from(bytes));
  }

  /** How many documents `work` reads. Nothing else must run meanwhile. */
  async during(work: () => Promise<unknown>): Promise<number> {
    const before = this.#documents;
    await work();
    return this.#documents - before;
  }
}

/** Counts what is read through it; answers and failures are the store's own. */
export function countingStore(store: SessionStore, counter: ReadCounter): SessionStore {
  const slice = (found: LogSlice): LogSlice => {
    counter.read(found.items.length + found.segments.length);
    counter.saw(found.segments);
    return found;
  };
  return {
    async loadHead(key) {
      counter.read(1); // A head that isn't there costs a read as well.
      return store.loadHead(key);
    },
    commit: (change) => store.commit(change),
    readLog: async (key, query) => slice(await store.readLog(key, query)),
    readSeqs: async (key, seqs) => slice(await store.readSeqs(key, seqs)),
    async readDue(key, query) {
      const found = await store.readDue(key, query);
      counter.read(found.items.length);
      return found;
    },
    async readSummaries(key, query) {
      const found = await store.readSummaries(key, query);
      counter.read(found.length);
      return found;
    },
  };
}
