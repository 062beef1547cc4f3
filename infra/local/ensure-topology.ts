import { type PubSub, v1 } from '@google-cloud/pubsub';
import {
  type CommandSubscription,
  DEAD_LETTER_SUBSCRIPTION,
  DELIVERY,
  type FunctionName,
  SUBSCRIPTIONS,
  TOPICS,
} from '../../shared/topology.ts';

export interface TopologyOptions {
  /** Where Pub/Sub pushes what is meant for a function. */
  readonly pushEndpointOf: (target: FunctionName) => string;
}

const DAY_SECONDS = 86_400;
/** gRPC's ALREADY_EXISTS. */
const ALREADY_EXISTS = 6;

/**
 * Makes the topics and subscriptions of `topology.ts` where they are missing, and points the
 * subscriptions that are there at the functions of this run. Safe to repeat and safe twice at once.
 */
export async function ensureTopology(
  pubsub: PubSub,
  { pushEndpointOf }: TopologyOptions,
): Promise<void> {
  const config = await pubsub.getClientConfig();
  const project = `projects/${config.projectId}`;
  const publisher = new v1.PublisherClient({ ...config });
  const subscriber = new v1.SubscriberClient({ ...config });
  try {
    await Promise.all(
      Object.values(TOPICS).map((topic) =>
        unlessThere(publisher.createTopic({ name: `${project}/topics/${topic}` })),
      ),
    );
    await Promise.all([
      unlessThere(subscriber.createSubscription(deadLetterSubscription(project))),
      ...SUBSCRIPTIONS.map(async (one) => {
        const pushConfig = { pushEndpoint: pushEndpointOf(one.target) };
        const wanted = { ...commandSubscription(project, one), pushConfig };
        const wasThere = await unlessThere(subscriber.createSubscription(wanted));
        if (wasThere) await subscriber.modifyPushConfig({ subscription: wanted.name, pushConfig });
      }),
    ]);
  } finally {
    await Promise.all([publisher.close(), subscriber.close()]);
  }
}

const commandSubscription = (
  project: string,
  { topic, target, isForwarded }: CommandSubscription,
) => ({
  ...kept(project, target, topic),
  enableMessageOrdering: DELIVERY.isOrdered,
  ackDeadlineSeconds: DELIVERY.ackDeadlineSeconds,
  ...(isForwarded && {
    deadLetterPolicy: {
      deadLetterTopic: `${project}/topics/${TOPICS.deadLetter}`,
      maxDeliveryAttempts: DELIVERY.maxDeliveryAttempts,
    },
  }),
  retryPolicy: {
    minimumBackoff: { seconds: DELIVERY.minBackoffSeconds },
    maximumBackoff: { seconds: DELIVERY.maxBackoffSeconds },
  },
});

const deadLetterSubscription = (project: string) =>
  kept(project, DEAD_LETTER_SUBSCRIPTION.name, DEAD_LETTER_SUBSCRIPTION.topic);

/** A subscription that keeps what is not acknowledged for a while, and nothing that is. */
const kept = (project: string, name: string, topic: string) => ({
  name: `${project}/subscriptions/${name}`,
  topic: `${project}/topics/${topic}`,
  messageRetentionDuration: { seconds: DELIVERY.retentionDays * DAY_SECONDS },
  retainAckedMessages: false,
  // Never: by default one that nobody used for 31 days is deleted, with what comes after.
  expirationPolicy: {},
});

/** Whether it was there already. */
async function unlessThere(creation: Promise<unknown>): Promise<boolean> {
  try {
    await creation;
    return false;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === ALREADY_EXISTS) return true;
    throw error;
  }
}
