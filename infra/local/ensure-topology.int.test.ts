import { randomUUID } from 'node:crypto';
import { PubSub } from '@google-cloud/pubsub';
import { expect, it } from 'vitest';
import { reportMissing } from '../tooling/missing.ts';
import { ensureTopology } from './ensure-topology.ts';

const needsEmulator = process.env['PUBSUB_EMULATOR_HOST']
  ? it
  : (name: string, _run: () => Promise<void>) => it(name, () => reportMissing('the topology'));

needsEmulator('makes the topics and subscriptions once, however often it is asked to', async () => {
  const pubsub = new PubSub({ projectId: `demo-${randomUUID()}` });
  const at = (port: number) => ({
    pushEndpointOf: (target: string) => `http://127.0.0.1:${port}/${target}`,
  });
  await Promise.all([ensureTopology(pubsub, at(1)), ensureTopology(pubsub, at(1))]);
  await ensureTopology(pubsub, at(2));
  const project = `projects/${pubsub.projectId}`;
  const [topics] = await pubsub.getTopics();
  expect(topics.map(({ name }) => name).toSorted()).toEqual([
    `${project}/topics/memory-append`,
    `${project}/topics/memory-dead-letter`,
    `${project}/topics/memory-events`,
    `${project}/topics/memory-migrate`,
    `${project}/topics/memory-summarize`,
  ]);
  const [subscriptions] = await pubsub.getSubscriptions();
  expect(subscriptions.map(({ name }) => name).toSorted()).toEqual([
    `${project}/subscriptions/ingest-items`,
    `${project}/subscriptions/memory-dead-letter`,
    `${project}/subscriptions/migrate-session`,
    `${project}/subscriptions/summarize-session`,
  ]);
  const settingsOf = async (name: string) => (await pubsub.subscription(name).getMetadata())[0];
  const append = await settingsOf('ingest-items');
  expect(append).toMatchObject({
    topic: `${project}/topics/memory-append`,
    enableMessageOrdering: true,
    ackDeadlineSeconds: 600,
    // The second run's address: the functions of the first are gone.
    pushConfig: { pushEndpoint: 'http://127.0.0.1:2/ingest-items' },
    retryPolicy: { minimumBackoff: { seconds: '10' }, maximumBackoff: { seconds: '600' } },
    messageRetentionDuration: { seconds: '604800' },
    retainAckedMessages: false,
  });
  // Its messages hold content, and nothing takes them out of another topic.
  expect(append?.deadLetterPolicy).toBeNull();
  for (const name of ['summarize-session', 'migrate-session']) {
    expect(await settingsOf(name)).toMatchObject({
      deadLetterPolicy: {
        deadLetterTopic: `${project}/topics/memory-dead-letter`,
        maxDeliveryAttempts: 5,
      },
    });
  }
  expect(await settingsOf('memory-dead-letter')).toMatchObject({
    topic: `${project}/topics/memory-dead-letter`,
    messageRetentionDuration: { seconds: '604800' },
    expirationPolicy: { ttl: null },
  });
  await pubsub.close();
});
