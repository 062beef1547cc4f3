import { describe, expect, it } from 'vitest';
import { systemTimers } from './timers.ts';

const activeTimers = () =>
  process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;

describe('systemTimers', () => {
  it('runs after the delay and not before', async () => {
    const order: string[] = [];
    await new Promise<void>((resolve) => {
      const alive = setTimeout(() => {}, 60_000); // The timer alone would not keep the test running.
      systemTimers.after(1, () => {
        order.push('ran');
        clearTimeout(alive);
        resolve();
      });
      order.push('set');
    });
    expect(order).toEqual(['set', 'ran']);
  });

  it('does not run at once what is a year away', async () => {
    let hasRun = false;
    const cancel = systemTimers.after(31_536_000_000, () => {
      hasRun = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    cancel();
    expect(hasRun).toBe(false);
  });

  it('does not keep the process alive', () => {
    const before = activeTimers();
    const cancel = systemTimers.after(60_000, () => {});
    expect(activeTimers()).toBe(before);
    cancel();
  });
});
