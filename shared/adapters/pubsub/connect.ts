import { PubSub, v1 } from '@google-cloud/pubsub';
import { SECOND_MS } from '../../kernel/clock.ts';
import { dropAbsent } from '../../kernel/drop-absent.ts';
import type { OutgoingMessage, Publisher } from './publisher.ts';

export interface PubsubPlace {
  /** Absent: the project of the credentials. */
  readonly projectId?: string;
  /** How long one request may take, retries included; default 5 s. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 5 * SECOND_MS;

/**
 * A client of the place, or of the emulator that `PUBSUB_EMULATOR_HOST` names. It sends
 * requests as they are: `Topic.publishMessage` would collect messages in queues with timers of their
 * own, and pause a key after a failure.
 *
 * Rejects where there are no credentials.
 */
export async function connectPubsub({
  projectId,
  timeoutMs = TIMEOUT_MS,
}: PubsubPlace): Promise<Publisher> {
  const config = await new PubSub(dropAbsent({ projectId })).getClientConfig();
  const client = new v1.PublisherClient({ ...config });
  // Without this a call leaves its own, rejected, which nobody holds: that ends the process.
  await client.initialize();
  return {
    async publish(topic, messages) {
      const name = `projects/${config.projectId}/topics/${topic}`;
      await client.publish({ topic: name, messages: messages.map(plain) }, { timeout: timeoutMs });
    },
    close: () => client.close(),
  };
}

const plain = ({ data, attributes, orderingKey }: OutgoingMessage) => ({
  data,
  attributes: { ...attributes },
  ...dropAbsent({ orderingKey }),
});
