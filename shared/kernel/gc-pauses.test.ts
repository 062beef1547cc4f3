import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { type GcPause, watchGc } from './gc-pauses.ts';

// What --expose-gc gives, in a process that was started without it.
setFlagsFromString('--expose_gc');
const collect: (options: { readonly type: 'minor' | 'major' }) => void = runInNewContext('gc');

const tell = () => new Promise((resolve) => setImmediate(resolve));

it('tells of every pause and its kind, until it is stopped', async () => {
  const pauses: GcPause[] = [];
  const watch = watchGc((pause) => pauses.push(pause));
  for (let round = 0; round < 3; round++) collect({ type: 'major' });
  collect({ type: 'minor' });
  await tell();
  watch.flush();
  expect(pauses.filter(({ kind }) => kind === 'major').length).toBeGreaterThanOrEqual(3);
  expect(pauses.some(({ kind }) => kind === 'minor')).toBe(true);
  for (const { ms } of pauses) expect(ms).toBeGreaterThan(0);
  watch.stop();
  const before = pauses.length;
  collect({ type: 'major' });
  await tell();
  watch.flush();
  expect(pauses).toHaveLength(before);
});
