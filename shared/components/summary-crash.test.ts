import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSqlite } from '../adapters/sqlite/open-sqlite.ts';
import { AppError } from '../kernel/app-error.ts';
import { MINUTE_MS } from '../kernel/clock.ts';
import { StrataOptions } from '../options.ts';
import type { Summarizer, SummaryRequest } from '../ports/summarizer.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { type DurableStores, openEmbedded } from './embedded.ts';

const session = { userId: 'user-1', sessionId: 's' };
/** Where a process dies: with its answer from the model, or with its commit but before it says so. */
type Crash = 'before the commit' | 'after the commit';

class Model implements Summarizer {
  readonly maxInputTokens = 10_000;
  calls = 0;
  isDown = false;

  async summarize({ withoutStandIn }: SummaryRequest) {
    if (!this.isDown) this.calls++;
    else if (withoutStandIn) throw new AppError('unavailable', 'It is down');
    return this.isDown
      ? { text: 'By the stand-in.', model: 'stand-in', isFallback: true }
      : { text: 'By the model.', model: 'model', isFallback: false };
  }
}

/** The next commit of a summary meets the crash. */
function crashing(stores: DurableStores, crashes: Crash[]): DurableStores {
  const { store } = stores;
  const died = () => new AppError('unavailable', 'The process died here');
  return {
    ...stores,
    epoch: () => stores.epoch(),
    close: () => stores.close(),
    store: {
      async commit(change) {
        const crash = change.putSummary ? crashes.shift() : undefined;
        if (crash === 'before the commit') throw died();
        const result = await store.commit(change);
        if (crash === 'after the commit') throw died();
        return result;
      },
      loadHead: (key) => store.loadHead(key),
      readLog: (key, query) => store.readLog(key, query),
      readSeqs: (key, seqs) => store.readSeqs(key, seqs),
      readDue: (key, query) => store.readDue(key, query),
      readSummaries: (key, query) => store.readSummaries(key, query),
    },
  };
}

async function setUp(crashes: Crash[]) {
  const dataDir = await mkdtemp(join(tmpdir(), 'strata-summary-crash-'));
  const clock = new ManualClock();
  const summarizer = new Model();
  /** A process of its own: what the one before held in memory is gone. */
  const open = () => {
    const stores = crashing(openSqlite({ path: join(dataDir, 'strata.db'), clock }), crashes);
    return openEmbedded({ options: StrataOptions.parse({}), dataDir, clock, stores, summarizer });
  };
  let system = await open();
  onTestFinished(async () => {
    await system.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  const items = Array.from({ length: 40 }, (_, index) => ({
    content: `Message ${index + 1}: parcel A-${100 + index} is due on Monday.`,
    contentType: 'user_message',
  }));
  const append = { ...session, items, startedAtMs: clock.now(), isEvent: false };
  await system.memory.append(append);
  /** Delivers the same command until it is acknowledged, and twice more. */
  const deliver = async (): Promise<void> => {
    for (let acknowledged = 0; acknowledged < 3; ) {
      try {
        await system.memory.summarizeSession(session);
        acknowledged++;
      } catch (thrown) {
        expect(AppError.from(thrown).code).toBe('unavailable');
        await system.close();
        system = await open();
      }
    }
  };
  const summary = async () =>
    (await system.memory.context({ ...session, format: 'raw', explain: false })).summary;
  const kept = async () => (await system.index.totals()).summaries;
  return { clock, summarizer, deliver, summary, kept };
}

describe('a process that dies while it summarises', () => {
  it.each([
    ['before the commit', 2],
    ['after the commit', 1],
  ] as const)('%s makes one summary, and calls the model %i times', async (crash, calls) => {
    const { summarizer, deliver, summary, kept } = await setUp([crash]);
    await deliver();
    expect(summarizer.calls).toBe(calls);
    expect(await kept()).toBe(1);
    expect(await summary()).toMatchObject({ text: 'By the model.', fromSeq: 1, toSeq: 25 });
  });

  it.each([
    ['before the commit', 2],
    ['after the commit', 1],
  ] as const)('%s replaces one summary, and calls the model %i times', async (crash, calls) => {
    const crashes: Crash[] = [];
    const { clock, summarizer, deliver, summary, kept } = await setUp(crashes);
    summarizer.isDown = true;
    await deliver();
    expect(await summary()).toMatchObject({ text: 'By the stand-in.' });
    summarizer.isDown = false;
    clock.advance(10 * MINUTE_MS);
    crashes.push(crash);
    await deliver();
    expect(summarizer.calls).toBe(calls);
    expect(await kept()).toBe(2);
    expect(await summary()).toMatchObject({ text: 'By the model.', fromSeq: 1, toSeq: 25 });
  });
});
