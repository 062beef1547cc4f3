import { beforeEach, describe, expect, it } from 'vitest';
import type { DeliveryLedger } from './delivery-ledger.ts';

export interface DeliveryLedgerHarness {
  /** A ledger that has seen nothing. */
  create(): Promise<DeliveryLedger>;
  /** Lets `ms` milliseconds pass for the ledger: turns a manual clock, or really waits. */
  elapse(ms: number): Promise<void>;
}

const LEASE_MS = 60;
const RETENTION_MS = 200;

/** What every `DeliveryLedger` must do. Each adapter's test file calls this once. */
export function describeDeliveryLedger(name: string, harness: DeliveryLedgerHarness): void {
  describe(`${name} keeps the DeliveryLedger contract`, () => {
    let ledger: DeliveryLedger;
    beforeEach(async () => {
      ledger = await harness.create();
    });

    const grant = async (id: string): Promise<string> => {
      const claim = await ledger.claim(id, LEASE_MS);
      if (claim.status !== 'granted') throw new TypeError(`expected a grant, got ${claim.status}`);
      return claim.token;
    };

    it('grants a delivery to exactly one of many simultaneous claims', async () => {
      const claims = await Promise.all(
        Array.from({ length: 20 }, () => ledger.claim('d1', LEASE_MS)),
      );
      expect(claims.filter(({ status }) => status === 'granted')).toHaveLength(1);
      expect(claims.filter(({ status }) => status === 'held')).toHaveLength(19);
    });

    it('grants a delivery again when its lease ran out', async () => {
      await grant('d1');
      await harness.elapse(LEASE_MS * 2);
      await grant('d1');
    });

    it('reports a settled delivery as settled, then forgets it after the retention', async () => {
      await ledger.settle('d1', await grant('d1'), RETENTION_MS);
      await harness.elapse(LEASE_MS * 2);
      expect(await ledger.claim('d1', LEASE_MS)).toEqual({ status: 'settled' });
      await harness.elapse(RETENTION_MS);
      expect(await ledger.claim('d1', LEASE_MS)).toMatchObject({ status: 'granted' });
    });

    it('refuses to settle with a token whose lease ran out', async () => {
      const stale = await grant('d1');
      await harness.elapse(LEASE_MS * 2);
      const current = await grant('d1');
      await expect(ledger.settle('d1', stale, RETENTION_MS)).rejects.toMatchObject({
        code: 'aborted',
      });
      await ledger.settle('d1', current, RETENTION_MS);
    });

    it('lets the next attempt claim a released delivery, and ignores a stale release', async () => {
      const first = await grant('d1');
      await ledger.release('d1', first);
      const second = await grant('d1');
      await ledger.release('d1', first);
      expect(await ledger.claim('d1', LEASE_MS)).toEqual({ status: 'held' });
      await ledger.settle('d1', second, RETENTION_MS);
    });

    it('does not let a late release undo a settled delivery', async () => {
      const token = await grant('d1');
      await ledger.settle('d1', token, RETENTION_MS);
      await ledger.release('d1', token);
      expect(await ledger.claim('d1', LEASE_MS)).toEqual({ status: 'settled' });
    });

    it('keeps ids apart that differ only in their separators', async () => {
      await grant('a:b');
      await grant('a/b');
      await grant('a%3Ab');
    });

    it('refuses a lease and a retention that last no time', async () => {
      await expect(ledger.claim('d1', 0)).rejects.toMatchObject({ code: 'invalid-argument' });
      const token = await grant('d1');
      await expect(ledger.settle('d1', token, 0)).rejects.toMatchObject({
        code: 'invalid-argument',
      });
    });
  });
}
