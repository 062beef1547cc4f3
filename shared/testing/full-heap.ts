import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Embedded, openEmbedded } from '../components/embedded.ts';
import { StrataOptions } from '../options.ts';

/**
 * A process of its own whose heap gets really full. Every sample is a line of JSON, and so are the
 * events at its end. To be started with little heap, and with the name of one of these:
 *
 * - `ballast`: what is no cache fills the heap, until the pressure is critical, and goes away again.
 *   With `--expose-gc`: what is garbage is no pressure.
 * - `sessions`: more sessions are appended than the heap can hold, in a cache that may hold them all,
 *   and no sample is taken.
 */
export interface HeapSample {
  readonly phase: 'before' | 'filling' | 'emptied';
  readonly heapUsedRatio: number;
  readonly heads: number;
  readonly share: number;
  readonly alerts: readonly { readonly metric: string; readonly level: string }[];
}

const USER = 'u1';
const BALLAST_SESSIONS = 64;
const MANY_SESSIONS = 900;
const MAX_SAMPLES = 400;

const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

/** Appends sessions whose heads take 60 KB each. */
async function append({ memory }: Embedded, from: number, count: number): Promise<void> {
  for (let session = from; session < from + count; session++) {
    const items = [1, 2, 3, 4].map((place) => ({
      content: `${session} ${place} `.padEnd(15_000, 'x'),
      contentType: 'user_message',
    }));
    const of = { userId: USER, sessionId: `s${session}` };
    await memory.append({ ...of, startedAtMs: Date.now(), isEvent: false, items });
    // As calls do, that come in one after the other: Node tells of a collection between them.
    await new Promise(setImmediate);
  }
}

async function sample(system: Embedded, phase: HeapSample['phase']): Promise<HeapSample> {
  globalThis.gc?.();
  const { process: stats, alerts } = await system.metrics.collect();
  const { heapUsedRatio } = stats;
  const taken: HeapSample = {
    phase,
    heapUsedRatio,
    heads: Number((await system.cache.stats()).keys),
    share: shareOf(system),
    alerts: alerts.map(({ metric, level }) => ({ metric, level })),
  };
  print(taken);
  return taken;
}

const shareOf = ({ metricsSources }: Embedded): number => metricsSources.relief?.process.share ?? 1;

async function withBallast(system: Embedded): Promise<void> {
  await append(system, 0, BALLAST_SESSIONS);
  let last = await sample(system, 'before');
  let ballast: number[][] = [];
  const isCritical = () => last.alerts.some(({ level }) => level === 'critical');
  for (let taken = 0; taken < MAX_SAMPLES && !isCritical(); taken++) {
    // 80 KB a piece, few of them towards the end; none while there is enough for two samples.
    const pieces = last.heapUsedRatio < 0.7 ? 80 : last.heapUsedRatio < 0.87 ? 20 : 0;
    for (let piece = 0; piece < pieces; piece++) {
      ballast.push(Array.from({ length: 10_000 }, (_, index) => index + Math.random()));
    }
    last = await sample(system, 'filling');
  }
  ballast = [];
  for (let taken = 0; taken < 12 && (last.share < 1 || last.alerts.length > 0); taken++) {
    last = await sample(system, 'emptied');
  }
  print({ pieces: ballast.length });
}

async function withSessions(system: Embedded): Promise<void> {
  await system.metrics.poll(); // As a function's first call does: from now on it is watched.
  let leastShare = 1;
  for (let session = 0; session < MANY_SESSIONS; session += 10) {
    await append(system, session, 10);
    leastShare = Math.min(leastShare, shareOf(system));
  }
  print({ leastShare, heads: Number((await system.cache.stats()).keys) });
}

const dataDir = await mkdtemp(join(tmpdir(), 'strata-heap-'));
const options = StrataOptions.parse({
  ...{ l1MaxMemoryMb: 512, tokenCounter: 'estimate', summarizationThreshold: 100_000 },
  // The hit rate of a process that only writes says nothing.
  alertThresholds: { 'process.heapUsedRatio': { warning: 0.7, critical: 0.85 } },
});
const system = await openEmbedded({ options, dataDir });
const events: unknown[] = [];
system.bus.subscribe('memory-events', 'printed', async ({ data }) => {
  if (String(data['type']).startsWith('pressure')) events.push(data);
});
try {
  await (process.argv[2] === 'sessions' ? withSessions : withBallast)(system);
  const page = { userId: USER, sessionId: 's0', limit: 10, order: 'asc' } as const;
  const itemsOfTheFirst = (await system.memory.history(page)).items.length;
  await system.bus.drain();
  print({ itemsOfTheFirst, events });
} finally {
  await system.close();
  await rm(dataDir, { recursive: true, force: true });
}
