import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TOPICS } from '../../topology.ts';
import { BreakingPublisher } from './breaking-publisher.ts';

const grpcError = (code: number) => Object.assign(new Error(`${code}`), { code });

/** A Pub/Sub that fails with a status until it is told otherwise. */
function build(status: number) {
  const state = { requests: 0, isDown: true };
  const publisher = new BreakingPublisher({
    async publish() {
      state.requests++;
      if (state.isDown) throw grpcError(status);
    },
    close: async () => undefined,
  });
  const publish = () => publisher.publish(TOPICS.events, []);
  const fail = async (times: number) => {
    for (let time = 0; time < times; time++) await expect(publish()).rejects.toThrow();
  };
  return { state, publish, fail };
}

describe('BreakingPublisher', () => {
  // Cockatiel takes its time from Date.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
  afterEach(() => void vi.useRealTimers());

  it('asks no more after three failures in a row, and names that', async () => {
    const { state, publish, fail } = build(14);
    await fail(3);
    await expect(publish()).rejects.toMatchObject({ code: 'unavailable', name: 'AppError' });
    expect(state.requests).toBe(3);
  });

  it('asks again after five seconds, and goes on as before when it is answered', async () => {
    const { state, publish, fail } = build(4);
    await fail(3);
    vi.advanceTimersByTime(4_999);
    await fail(1);
    expect(state.requests).toBe(3);
    vi.advanceTimersByTime(1);
    state.isDown = false;
    await publish();
    await publish();
    expect(state.requests).toBe(5);
  });

  it('does not take a missing topic, or a request of ours, for an outage', async () => {
    const { state, fail } = build(5);
    await fail(10);
    expect(state.requests).toBe(10);
  });
});
