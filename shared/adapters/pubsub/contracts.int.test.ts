import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { reportMissing } from '../../../infra/tooling/missing.ts';
import { describeEventPublishing } from '../../ports/event-bus.contract.ts';
import { PubsubHarness } from '../../testing/pubsub-harness.ts';
import { TOPICS } from '../../topology.ts';
import { InProcessMeter } from '../in-process/meter.ts';
import { connectPubsub } from './connect.ts';
import { PubsubEventBus } from './event-bus.ts';

const meter = new InProcessMeter();

if (process.env['PUBSUB_EMULATOR_HOST']) {
  const harness = new PubsubHarness();
  afterAll(() => harness.dispose());
  describeEventPublishing('PubsubEventBus', harness);

  describe('PubsubEventBus', () => {
    it('names a topic that is not there, and goes on with the key once it is', async () => {
      const projectId = `demo-${randomUUID()}`;
      const bus = new PubsubEventBus({ connect: () => connectPubsub({ projectId }), meter });
      const message = { topic: TOPICS.events, data: { n: 1 }, orderingKey: 'k' };
      await expect(bus.publish([message])).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('there is no such topic'),
      });
      const { PubSub } = await import('@google-cloud/pubsub');
      await new PubSub({ projectId }).createTopic(TOPICS.events);
      await bus.publish([message]);
      await bus.close();
    });

    it('publishes the largest message that it lets through', async () => {
      const { bus, subscribe, settle } = await harness.create();
      const lengths: number[] = [];
      await subscribe(TOPICS.append, 'all', async ({ data }) => {
        lengths.push(String(data['text']).length);
      });
      const text = 'x'.repeat(9_999_000);
      await bus.publish([{ topic: TOPICS.append, data: { text } }]);
      await settle();
      expect(lengths).toEqual([9_999_000]);
    });
  });
} else {
  it('needs a Pub/Sub emulator', () => reportMissing('the contracts on Pub/Sub'));
}

describe('connectPubsub', () => {
  it('gives up in time where nobody listens', async () => {
    vi.stubEnv('PUBSUB_EMULATOR_HOST', '127.0.0.1:1');
    // The client looks for Google's metadata server first, which can take seconds elsewhere.
    vi.stubEnv('METADATA_SERVER_DETECTION', 'none');
    onTestFinished(() => void vi.unstubAllEnvs());
    const place = { projectId: 'demo-nobody', timeoutMs: 300 };
    const bus = new PubsubEventBus({ connect: () => connectPubsub(place), meter });
    const startedAtMs = performance.now();
    const publishing = bus.publish([{ topic: TOPICS.events, data: {} }]);
    await expect(publishing).rejects.toMatchObject({ code: 'unavailable' });
    expect(performance.now() - startedAtMs).toBeLessThan(3_000);
    await bus.close();
  });
});
