import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { HeapSample } from '../testing/full-heap.ts';

const PROGRAM = fileURLToPath(new URL('../testing/full-heap.ts', import.meta.url));
const FLAGS = ['--expose-gc', '--max-old-space-size=64', '--max-semi-space-size=2'];

/** Without it the same process ends at some 0.95 with "heap out of memory". */
const NEAR_THE_END = 0.85;

it('a process whose heap is really full raises pressure, gives up half of its cache and recovers', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [...FLAGS, PROGRAM]);
  const lines = stdout.trimEnd().split('\n');
  const [{ events }, { sessions, itemsOfTheFirst }, ...reversed] = lines
    .reverse()
    .map((line) => JSON.parse(line));
  const samples: HeapSample[] = reversed.reverse();
  const filling = samples.filter(({ phase }) => phase === 'filling');
  const full = filling.at(-1);

  expect(filling[0]).toMatchObject({ share: 1, alerts: [] });
  expect(full?.heapUsedRatio).toBeGreaterThan(NEAR_THE_END);
  expect(full).toMatchObject({
    share: 0.5,
    heads: sessions,
    alerts: [{ metric: 'process.heapUsedRatio', level: 'critical' }],
  });
  const [relieved] = samples.slice(filling.length);
  expect(relieved?.heads).toBeLessThanOrEqual(sessions / 2);
  expect(relieved?.heapUsedRatio).toBeLessThan(0.7);
  expect(samples.at(-1)).toMatchObject({ share: 1, alerts: [] });

  const told = events.map(({ type, level }: { type: string; level: string }) => `${type} ${level}`);
  expect(told).toEqual([
    'pressure.raised warning',
    'pressure.raised critical',
    'pressure.cleared critical',
  ]);
  for (const { advice } of events) expect(advice).toContain('--max-old-space-size');
  // What the cache gave up is still answered.
  expect(itemsOfTheFirst).toBe(4);
});
