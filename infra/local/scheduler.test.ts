import { describe, expect, it } from 'vitest';
import type { LogFields } from '../../shared/kernel/logger.ts';
import { StrataOptions } from '../../shared/options.ts';
import { ManualClock } from '../../shared/testing/manual-clock.ts';
import { startScheduler } from './scheduler.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

function start(
  intervals: { migrate: number; metrics: number },
  answers: (() => Promise<void>)[] = [],
) {
  const time = new ManualClock(0);
  const calls: string[] = [];
  const warnings: (LogFields | undefined)[] = [];
  const scheduler = startScheduler({
    options: StrataOptions.parse({
      tierMigrationInterval: intervals.migrate,
      profilingInterval: intervals.metrics,
    }),
    call: async ({ name }) => {
      calls.push(`${name} at ${time.now()}`);
      await answers.shift()?.();
    },
    log: { info() {}, error() {}, warning: (_message, fields) => warnings.push(fields) },
    clock: time,
    timers: time,
  });
  const pass = async (ms: number) => {
    for (let at = 0; at < ms; at += 1_000) {
      time.advance(1_000);
      await settled();
    }
  };
  return { time, calls, warnings, scheduler, pass };
}

describe('startScheduler', () => {
  it('calls every job at its own interval, the first time after one interval', async () => {
    const { calls, pass, scheduler } = start({ migrate: 5, metrics: 2 });
    await pass(6_000);
    expect(calls).toEqual([
      'collect-metrics at 2000',
      'collect-metrics at 4000',
      'migrate-tiers at 5000',
      'collect-metrics at 6000',
    ]);
    await scheduler.stop();
  });

  it('leaves a beat out while the last call of the job still runs', async () => {
    let finish = () => {};
    const slow = () => new Promise<void>((resolve) => (finish = resolve));
    const { calls, pass, scheduler } = start({ migrate: 1_000, metrics: 1 }, [slow]);
    await pass(3_000);
    expect(calls).toEqual(['collect-metrics at 1000']);
    finish();
    await settled();
    await pass(1_000);
    expect(calls).toEqual(['collect-metrics at 1000', 'collect-metrics at 4000']);
    await scheduler.stop();
  });

  it('logs a failed call and goes on', async () => {
    const fail = () => Promise.reject(new Error('status 503'));
    const { calls, warnings, pass, scheduler } = start({ migrate: 1_000, metrics: 1 }, [fail]);
    await pass(2_000);
    expect(calls).toHaveLength(2);
    expect(warnings).toEqual([{ job: 'collect-metrics', error: new Error('status 503') }]);
    await scheduler.stop();
  });

  it('waits for a running call when it is stopped, and calls nothing after that', async () => {
    let finish = () => {};
    const slow = () => new Promise<void>((resolve) => (finish = resolve));
    const { calls, pass, scheduler } = start({ migrate: 1_000, metrics: 1 }, [slow]);
    await pass(1_000);
    let isStopped = false;
    const stopping = scheduler.stop().then(() => (isStopped = true));
    await settled();
    expect(isStopped).toBe(false);
    finish();
    await stopping;
    await pass(5_000);
    expect(calls).toHaveLength(1);
  });

  it('keeps an interval that is longer than a timer can wait', async () => {
    const { time, calls, scheduler } = start({ migrate: 3_000_000, metrics: 31_000_000 });
    // A real timer fires at once when it is asked to wait for longer than this.
    expect(Math.max(...time.pendingMs)).toBe(2_147_483_647);
    time.advance(2_999_999_999);
    expect(calls).toEqual([]);
    time.advance(1);
    expect(calls).toEqual(['migrate-tiers at 3000000000']);
    await scheduler.stop();
  });
});
