import type { Embedded } from '../../shared/components/embedded.ts';
import { ratio, timeEach } from './measure.ts';
import { fill, USER, withWorkspace } from './workspace.ts';

const CALLS = 3_000;

/** What a context costs in a short and in a long session, from the cache and from the store. */
export async function context() {
  return withWorkspace(async (system) => {
    for (const [sessionId, items] of [
      ['short', 100],
      ['long', 10_000],
    ] as const) {
      await fill(system, sessionId, items);
      await system.memory.summarizeSession({ userId: USER, sessionId });
      await check(system, sessionId, items);
    }
    // Neither is to profit from a warmer process.
    for (const sessionId of ['long', 'short']) await timeEach(CALLS, () => read(system, sessionId));
    const short = await timeEach(CALLS, () => read(system, 'short'));
    const long = await timeEach(CALLS, () => read(system, 'long'));
    const cold = async (sessionId: string) => {
      await system.cache.clear();
      return read(system, sessionId);
    };
    const shortCold = await timeEach(CALLS, () => cold('short'));
    const longCold = await timeEach(CALLS, () => cold('long'));
    return {
      'hot, 100 items, p50 ms': short.p50Ms,
      'hot, 10,000 items, p50 ms': long.p50Ms,
      'hot, long over short': ratio(long.p50Ms, short.p50Ms),
      'from the store, 100 items, p50 ms': shortCold.p50Ms,
      'from the store, 10,000 items, p50 ms': longCold.p50Ms,
      'from the store, long over short': ratio(longCold.p50Ms, shortCold.p50Ms),
    };
  });
}

const read = ({ memory }: Embedded, sessionId: string) =>
  memory.context({ userId: USER, sessionId, format: 'openai', explain: false });

async function check(system: Embedded, sessionId: string, count: number): Promise<void> {
  const { items, tokens } = await read(system, sessionId);
  if (items.at(-1)?.seq !== count || tokens.total > tokens.budget) {
    throw new Error(`The context of ${sessionId} is not right`);
  }
}
