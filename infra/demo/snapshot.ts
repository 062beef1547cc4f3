import { performance } from 'node:perf_hooks';
import { overheadOf } from '../../shared/domain/formats/overhead.ts';
import type { TierAnswer } from './answers.ts';
import type { SentSession } from './sent.ts';
import type { Stage } from './stage.ts';

/** What a context costs, on average over the sessions that were asked. */
export interface ContextCost {
  readonly sessions: number;
  /** Of the whole history as messages. */
  readonly historyTokens: number;
  readonly contextTokens: number;
  /** Documents read from the durable store; absent where nobody can count them. */
  readonly readsCached?: number;
  /** The same, right after the cache was dropped. */
  readonly readsUncached?: number;
  readonly latencyMs: number;
}

export interface Tiers {
  readonly hot: TierAnswer;
  readonly warm: TierAnswer;
  readonly cold: TierAnswer;
  /** Only where the whole store is the demo's own. */
  readonly hasBytes: boolean;
}

/** The state of things at an age. */
export interface Snapshot {
  /** `day 30`: how long after its beginning the conversation is looked at. */
  readonly age: string;
  readonly items: number;
  readonly tiers: Tiers;
  readonly cost: ContextCost;
}

const MAX_SESSIONS = 12;

/** Looks at tiers and costs as they are now. */
export async function takeSnapshot(
  stage: Stage,
  sessions: readonly SentSession[],
  age: string,
): Promise<Snapshot> {
  await stage.settle();
  const items = sessions.reduce((sum, sent) => sum + sent.items.length, 0);
  const tiers = await readTiers(stage, sessions[0]?.name.userId ?? '');
  return { age, items, tiers, cost: await contextCost(stage, spread(sessions)) };
}

async function readTiers({ inside, client }: Stage, userId: string): Promise<Tiers> {
  if (inside) return { ...(await client.metrics()).tiers, hasBytes: true };
  const counts = { hot: 0, warm: 0, cold: 0 };
  for (const { tiers } of await client.sessions(userId)) {
    counts.hot += tiers.hot;
    counts.warm += tiers.warm;
    counts.cold += tiers.cold;
  }
  const tier = (items: number): TierAnswer => ({ items, bytes: 0 });
  return {
    hot: tier(counts.hot),
    warm: tier(counts.warm),
    cold: tier(counts.cold),
    hasBytes: false,
  };
}

async function contextCost(stage: Stage, sessions: readonly SentSession[]): Promise<ContextCost> {
  const { client, inside } = stage;
  const sums = { history: 0, context: 0, cached: 0, uncached: 0, ms: 0 };
  for (const { name, tokens, items } of sessions) {
    await inside?.dropCache();
    const ask = () => client.context(name, { format: 'openai' });
    if (inside) sums.uncached += await inside.reads.during(ask);
    // A context may ask for a summary; what that reads is not the context's cost.
    await stage.settle();
    const startedAtMs = performance.now();
    let total = 0;
    const again = async () => {
      total = (await ask()).body.tokens?.total ?? 0;
    };
    if (inside) sums.cached += await inside.reads.during(again);
    else await again();
    sums.ms += performance.now() - startedAtMs;
    sums.context += total;
    sums.history += tokens + items.length * overheadOf('openai').message;
  }
  const mean = (sum: number) => sum / Math.max(1, sessions.length);
  return {
    sessions: sessions.length,
    historyTokens: mean(sums.history),
    contextTokens: mean(sums.context),
    latencyMs: mean(sums.ms),
    ...(inside ? { readsCached: mean(sums.cached), readsUncached: mean(sums.uncached) } : {}),
  };
}

/** Some sessions from the first to the last. */
function spread(sessions: readonly SentSession[]): readonly SentSession[] {
  const step = Math.max(1, Math.ceil(sessions.length / MAX_SESSIONS));
  return sessions.filter((_, index) => index % step === 0);
}
