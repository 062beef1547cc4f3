import { beforeEach, describe, expect, it } from 'vitest';
import type { SecretStore } from './secret-store.ts';

export interface SecretStoreHarness {
  /** A store without secrets. */
  create(): Promise<SecretStore>;
  /** Another client of the same secrets. */
  peer(): Promise<SecretStore>;
  /** The same secrets after every client was closed; absent where they end with them. */
  reopen?(): Promise<SecretStore>;
}

/** What every `SecretStore` must do. Each adapter's test file calls this once. */
export function describeSecretStore(name: string, harness: SecretStoreHarness): void {
  describe(`${name} keeps the SecretStore contract`, () => {
    let secrets: SecretStore;
    beforeEach(async () => {
      secrets = await harness.create();
    });

    it('keeps the first candidate for good', async () => {
      expect(await secrets.keep('cursor', 'first')).toBe('first');
      expect(await secrets.keep('cursor', 'second')).toBe('first');
    });

    it('finds what is kept, and makes nothing by looking', async () => {
      expect(await secrets.find('cursor')).toBeUndefined();
      await secrets.keep('other', 'of other');
      expect(await secrets.find('cursor')).toBeUndefined();
      await secrets.keep('cursor', 'first');
      expect(await (await harness.peer()).find('cursor')).toBe('first');
    });

    it('keeps one secret for each name', async () => {
      await secrets.keep('a', 'of a');
      expect(await secrets.keep('a/b', 'of a/b')).toBe('of a/b');
      expect(await secrets.keep('a', 'late')).toBe('of a');
    });

    it('gives all of many callers at once the same one', async () => {
      const peer = await harness.peer();
      const kept = await Promise.all(
        Array.from({ length: 10 }, (_, n) => (n % 2 ? peer : secrets).keep('cursor', `from ${n}`)),
      );
      expect(new Set(kept).size).toBe(1);
      expect(kept[0]).toMatch(/^from \d$/);
    });

    const { reopen } = harness;
    if (reopen) {
      it('still has it after everything was closed', async () => {
        await secrets.keep('cursor', 'first');
        expect(await (await reopen()).keep('cursor', 'second')).toBe('first');
      });
    }
  });
}
