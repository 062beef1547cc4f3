import { beforeEach, describe, expect, it } from 'vitest';
import type { DeadLetter, DeadLetters } from './dead-letters.ts';

export interface DeadLettersHarness {
  /** A store without letters. */
  create(): Promise<DeadLetters>;
  /** The same letters after the process ended; absent where they end with it. */
  reopen?(): Promise<DeadLetters>;
  /** The store's time in Unix milliseconds. */
  now(): number;
  /** Lets `ms` milliseconds pass for the store: turns a manual clock, or really waits. */
  elapse(ms: number): Promise<void>;
}

const letter = (reason: string, userId?: string): DeadLetter => ({
  topic: 'memory-append',
  data: { version: 1, items: [{ content: 'a\u0000b\ud800 é 漢' }] },
  attributes: { source: 'test' },
  reason,
  attempts: 5,
  atMs: 1_767_225_600_000,
  expiresAtMs: 9e12,
  ...(userId === undefined ? {} : { userId }),
});

/** What every `DeadLetters` must do. Each adapter's test file calls this once. */
export function describeDeadLetters(name: string, harness: DeadLettersHarness): void {
  describe(`${name} keeps the DeadLetters contract`, () => {
    let letters: DeadLetters;
    beforeEach(async () => {
      letters = await harness.create();
    });
    const reasons = async (limit = 10) => (await letters.list(limit)).map(({ reason }) => reason);

    it('is empty at first', async () => {
      expect(await letters.list(10)).toEqual([]);
    });

    it('gives a letter back as it was added', async () => {
      await letters.add(letter('no user'));
      await letters.add(letter('a user', 'u\ud800/1'));
      expect(await letters.list(10)).toEqual([letter('a user', 'u\ud800/1'), letter('no user')]);
    });

    it('lists the letters added last, newest first, also those of one instant', async () => {
      for (const reason of ['first', 'second', 'third']) await letters.add(letter(reason));
      expect(await reasons(2)).toEqual(['third', 'second']);
    });

    it('keeps a letter that is added twice as two', async () => {
      await letters.add(letter('same'));
      await letters.add(letter('same'));
      expect(await reasons()).toEqual(['same', 'same']);
    });

    it('lists a letter until it expires, and what was added before it all the same', async () => {
      const expiresAtMs = harness.now() + 60_000;
      await letters.add(letter('stays'));
      await letters.add({ ...letter('goes', 'a'), expiresAtMs });
      await letters.add({ ...letter('goes too'), expiresAtMs: expiresAtMs - 1 });
      await letters.add({ ...letter('later'), expiresAtMs: expiresAtMs + 1 });
      await harness.elapse(59_999);
      expect(await reasons()).toEqual(['later', 'goes', 'stays']);
      await harness.elapse(1);
      expect(await reasons(1)).toEqual(['later']);
      expect(await reasons(2)).toEqual(['later', 'stays']);
      await letters.deleteExpired();
      expect(await reasons()).toEqual(['later', 'stays']);
    });

    it('erases the letters of one user and no others', async () => {
      await letters.add(letter('of nobody'));
      await letters.add(letter('of a', 'a'));
      await letters.add(letter('of a/b', 'a/b'));
      await letters.add(letter('of a again', 'a'));
      await letters.eraseUser('a');
      expect(await reasons()).toEqual(['of a/b', 'of nobody']);
      await letters.eraseUser('a');
    });

    const { reopen } = harness;
    if (reopen) {
      it('keeps letters across a restart', async () => {
        await letters.add(letter('kept'));
        letters = await reopen();
        expect(await reasons()).toEqual(['kept']);
      });
    }
  });
}
