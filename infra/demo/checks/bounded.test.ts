import { expect, it } from 'vitest';
import { checkBounded } from './bounded.ts';

it('wants a stopped run to keep its progress, to leave the rest, and the next one to finish it', () => {
  const stopped = { moved: 200, remaining: 1 };
  const finished = { moved: 250, remaining: 0 };
  expect(checkBounded({ stopped, finished })).toEqual({
    invariant: 13,
    looked: { 'run stopped early': 1, 'item moved': 450 },
    faults: [],
  });
  expect(checkBounded({ stopped: { moved: 0, remaining: 1 }, finished }).faults).toEqual([
    'the run that was stopped kept no progress',
  ]);
  expect(checkBounded({ stopped: { moved: 450, remaining: 0 }, finished }).faults).toEqual([
    'a run with hardly any time left nothing over',
  ]);
  expect(checkBounded({ stopped, finished: { moved: 0, remaining: 1 } }).faults).toEqual([
    '1 sessions were never finished',
  ]);
});
