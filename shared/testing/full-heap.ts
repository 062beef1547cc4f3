import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Embedded, openEmbedded } from '../components/embedded.ts';
import { StrataOptions } from '../options.ts';

/**
 * A process of its own that fills its heap: sessions are appended, and with them the in-process cache
 * grows, until the pressure is critical; then nothing is done but to sample. Every sample is a line
 * of JSON. To be started with little heap and `--expose-gc`: what is garbage is no pressure.
 */
export interface HeapSample {
  readonly phase: 'filling' | 'relieved';
  readonly heapUsedRatio: number;
  readonly heads: number;
  readonly cacheLimitBytes: number;
  readonly share: number;
  readonly alerts: readonly { readonly metric: string; readonly level: string }[];
}

const USER = 'u1';
const MAX_SESSIONS = 5_000;
const MAX_SAMPLES = 12;

const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

async function append({ memory }: Embedded, session: number): Promise<void> {
  const items = [1, 2, 3, 4].map((place) => ({
    content: `${session} ${place} `.padEnd(15_000, 'x'),
    contentType: 'user_message',
  }));
  const call = { userId: USER, sessionId: `s${session}`, startedAtMs: Date.now(), isEvent: false };
  await memory.append({ ...call, items });
}

async function sample(system: Embedded, phase: HeapSample['phase']): Promise<HeapSample> {
  globalThis.gc?.();
  const { process: stats, l1, alerts } = await system.metrics.collect();
  const taken: HeapSample = {
    phase,
    heapUsedRatio: stats.heapUsedRatio,
    heads: l1?.keys ?? 0,
    cacheLimitBytes: l1?.maxMemoryBytes ?? 0,
    share: system.metricsSources.relief?.process.share ?? 1,
    alerts: alerts.map(({ metric, level }) => ({ metric, level })),
  };
  print(taken);
  return taken;
}

async function run(system: Embedded): Promise<void> {
  let session = 0;
  let last = await sample(system, 'filling');
  while (last.share === 1 && session < MAX_SESSIONS) {
    // In big steps while there is room, in small ones towards the end.
    const step = last.heapUsedRatio < 0.6 ? 40 : 8;
    for (const end = session + step; session < end; session++) await append(system, session);
    last = await sample(system, 'filling');
  }
  for (let taken = 0; taken < MAX_SAMPLES && (last.share < 1 || last.alerts.length > 0); taken++) {
    last = await sample(system, 'relieved');
  }
  const page = { userId: USER, sessionId: 's0', limit: 10, order: 'asc' } as const;
  print({ sessions: session, itemsOfTheFirst: (await system.memory.history(page)).items.length });
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
  await run(system);
  await system.bus.drain();
  print({ events });
} finally {
  await system.close();
  await rm(dataDir, { recursive: true, force: true });
}
