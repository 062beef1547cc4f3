import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { HeapSample } from '../testing/full-heap.ts';

const PROGRAM = fileURLToPath(new URL('../testing/full-heap.ts', import.meta.url));

/** The lines that the program printed; it fails where the process ends for want of memory. */
async function run(name: 'ballast' | 'sessions', ...flags: readonly string[]) {
  const heap = [...flags, '--max-semi-space-size=2'];
  const { stdout } = await promisify(execFile)(process.execPath, [...heap, PROGRAM, name]);
  const lines = stdout.trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line));
}

describe('a process whose heap is really full', () => {
  it('raises pressure, gives up its cache, and takes it back in steps when it is over', async () => {
    const lines = await run('ballast', '--expose-gc', '--max-old-space-size=64');
    const { itemsOfTheFirst, events } = lines.at(-1);
    const samples: HeapSample[] = lines.filter(({ phase }) => phase !== undefined);
    const full = samples.findLast(({ phase }) => phase === 'filling');

    expect(samples[0]).toMatchObject({ phase: 'before', heads: 64, share: 1, alerts: [] });
    expect(Math.max(...samples.map(({ heapUsedRatio }) => heapUsedRatio))).toBeGreaterThan(0.85);
    expect(full?.alerts).toEqual([{ metric: 'process.heapUsedRatio', level: 'critical' }]);
    expect(full?.share).toBeLessThanOrEqual(0.5);
    expect(full?.heads).toBeLessThanOrEqual(16);
    const after = samples.slice(samples.findIndex(({ phase }) => phase === 'emptied'));
    expect(after.at(-1)).toMatchObject({ share: 1, alerts: [] });
    expect(after.length).toBeGreaterThan(1);

    const told = events.map(
      ({ type, level }: { type: string; level: string }) => `${type} ${level}`,
    );
    expect(told).toEqual([
      'pressure.raised warning',
      'pressure.raised critical',
      'pressure.cleared critical',
    ]);
    for (const { advice } of events) expect(advice).toContain('--max-old-space-size');
    // What the cache gave up is still answered.
    expect(itemsOfTheFirst).toBe(4);
  });

  it('lives on with more sessions than it can hold, though no sample is due', async () => {
    const lines = await run('sessions', '--max-old-space-size=40');
    const [{ leastShare, heads }, { itemsOfTheFirst }] = lines;
    expect(leastShare).toBeLessThanOrEqual(0.5);
    expect(heads).toBeLessThan(600);
    expect(itemsOfTheFirst).toBe(4);
  });
});
