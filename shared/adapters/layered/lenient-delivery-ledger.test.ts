import { describe, expect, it } from 'vitest';
import { AppError } from '../../kernel/app-error.ts';
import { describeDeliveryLedger } from '../../ports/delivery-ledger.contract.ts';
import type { DeliveryLedger } from '../../ports/delivery-ledger.ts';
import { InProcessDeliveryLedger } from '../in-process/delivery-ledger.ts';
import { LenientDeliveryLedger } from './lenient-delivery-ledger.ts';

let nowMs = 0;
const clock = { now: () => nowMs };

describeDeliveryLedger('LenientDeliveryLedger', {
  create: async () => new LenientDeliveryLedger(new InProcessDeliveryLedger(clock)),
  elapse: async (ms) => {
    nowMs += ms;
  },
});

describe('LenientDeliveryLedger', () => {
  const fail = async () => {
    throw new AppError('unavailable', 'The ledger is down');
  };
  const down: DeliveryLedger = { claim: fail, settle: fail, release: fail };

  it('grants every delivery while the ledger is down, and settles it without it', async () => {
    const ledger = new LenientDeliveryLedger(down);
    const claim = await ledger.claim('d1', 60);
    expect(claim.status).toBe('granted');
    if (claim.status !== 'granted') return;
    await ledger.settle('d1', claim.token, 200);
    await ledger.release('d1', claim.token);
  });

  it('does not fail an effect that took place because it cannot be recorded', async () => {
    await new LenientDeliveryLedger(down).settle('d1', 'token', 200);
  });
});
