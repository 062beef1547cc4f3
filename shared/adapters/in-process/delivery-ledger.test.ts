import { describe, expect, it } from 'vitest';
import { describeDeliveryLedger } from '../../ports/delivery-ledger.contract.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { InProcessDeliveryLedger } from './delivery-ledger.ts';

let clock = new ManualClock();

describeDeliveryLedger('InProcessDeliveryLedger', {
  create: async () => {
    clock = new ManualClock();
    return new InProcessDeliveryLedger(clock);
  },
  elapse: async (ms) => clock.advance(ms),
});

describe('InProcessDeliveryLedger', () => {
  it('does not grow with deliveries that it may forget', async () => {
    const time = new ManualClock();
    const ledger = new InProcessDeliveryLedger(time);
    await ledger.claim('long', 3_600_000);
    for (let delivery = 0; delivery < 10_000; delivery++) {
      await ledger.claim(`d${delivery}`, 100);
      time.advance(1);
    }
    expect(ledger.size).toBeLessThanOrEqual(1_024);
    expect(await ledger.claim('d9999', 100)).toEqual({ status: 'held' });
    expect(await ledger.claim('long', 100)).toEqual({ status: 'held' });
  });
});
