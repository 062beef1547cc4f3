import { describe, expect, it } from 'vitest';
import { Turns } from './turns.ts';

/** Work that notes when it begins, and ends when it is told to. */
function noted(notes: string[], name: string) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const run = () => {
    notes.push(name);
    return promise;
  };
  return { run, end: () => resolve(name), fail: () => reject(new Error(name)) };
}

const settled = () => new Promise(setImmediate);

describe('Turns', () => {
  it('begins work on one thing when what came before has ended, well or not', async () => {
    const turns = new Turns();
    const notes: string[] = [];
    const [first, second, third] = ['1', '2', '3'].map((name) => noted(notes, name));
    const all = [first, second, third].map((one) => turns.take('a', () => one?.run() ?? never()));
    const outcomes = Promise.allSettled(all);
    await settled();
    expect(notes).toEqual(['1']);
    first?.fail();
    await settled();
    expect(notes).toEqual(['1', '2']);
    second?.end();
    third?.end();
    expect(await outcomes).toMatchObject([
      { status: 'rejected' },
      { status: 'fulfilled', value: '2' },
      { status: 'fulfilled', value: '3' },
    ]);
  });

  it('does not wait for work on another thing', async () => {
    const turns = new Turns();
    void turns.take('a', never);
    expect(await turns.take('b', async () => 'done')).toBe('done');
  });
});

const never = () => new Promise<string>(() => {});
