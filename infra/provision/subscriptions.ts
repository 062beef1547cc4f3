import type { protos, v1 } from '@google-cloud/pubsub';
import {
  DEAD_LETTER_SUBSCRIPTION,
  DELIVERY,
  SUBSCRIPTIONS,
  TOPICS,
} from '../../shared/topology.ts';
import { ifThere } from './if-there.ts';
import { accountEmail, CALLERS, functionUrl, isLabelled, LABELS, type Place } from './place.ts';
import type { Fields, Resource } from './resource.ts';

type Subscriber = Pick<
  v1.SubscriberClient,
  'getSubscription' | 'createSubscription' | 'updateSubscription' | 'deleteSubscription'
>;
type Subscription = protos.google.pubsub.v1.ISubscription;

const DAY_SECONDS = 86_400;

const KEPT = {
  retentionSeconds: DELIVERY.retentionDays * DAY_SECONDS,
  // By default a subscription that nobody used for 31 days is removed.
  expires: false,
  labels: LABELS,
} as const;

/** A push subscription for each command, and one that holds what nobody could handle. */
export const subscriptions = (subscriber: Subscriber, place: Place): Resource[] => [
  ...SUBSCRIPTIONS.map(({ topic, target, isForwarded }) =>
    subscriptionResource(subscriber, place, {
      name: target,
      fields: {
        topic: path(place, 'topics', topic),
        isOrdered: DELIVERY.isOrdered,
        ackDeadlineSeconds: DELIVERY.ackDeadlineSeconds,
        // The functions framework takes the topic from the path when it makes a CloudEvent of a push.
        pushEndpoint: `${functionUrl(place, target)}/${path(place, 'topics', topic)}`,
        pushAccount: accountEmail(place, CALLERS.pubsub),
        pushAudience: functionUrl(place, target),
        deadLetterTopic: isForwarded ? path(place, 'topics', TOPICS.deadLetter) : '',
        maxDeliveryAttempts: isForwarded ? DELIVERY.maxDeliveryAttempts : 0,
        minBackoffSeconds: DELIVERY.minBackoffSeconds,
        maxBackoffSeconds: DELIVERY.maxBackoffSeconds,
        ...KEPT,
      },
    }),
  ),
  subscriptionResource(subscriber, place, {
    name: DEAD_LETTER_SUBSCRIPTION.name,
    fields: {
      topic: path(place, 'topics', DEAD_LETTER_SUBSCRIPTION.topic),
      ...KEPT,
    },
  }),
];

const path = ({ projectId }: Place, kind: string, name: string): string =>
  `projects/${projectId}/${kind}/${name}`;

interface Wanted {
  readonly name: string;
  readonly fields: Fields;
}

function subscriptionResource(
  subscriber: Subscriber,
  place: Place,
  { name, fields }: Wanted,
): Resource {
  const subscription = path(place, 'subscriptions', name);
  return {
    api: 'pubsub',
    kind: 'subscription',
    name,
    wanted: fields,
    fixed: ['topic', 'isOrdered'],
    async read() {
      const [found] = (await ifThere(() => subscriber.getSubscription({ subscription }))) ?? [];
      return found && { fields: fieldsOf(found), isOurs: isLabelled(found.labels) };
    },
    async create() {
      await subscriber.createSubscription({ ...requestOf(fields), name: subscription });
    },
    async update(changed) {
      const paths = [...new Set(changed.flatMap((field) => MASKS[field] ?? []))];
      await subscriber.updateSubscription({
        subscription: { ...requestOf(fields), name: subscription },
        updateMask: { paths },
      });
    },
    async remove() {
      await subscriber.deleteSubscription({ subscription });
    },
  };
}

/** Which part of the API's subscription a field of ours lies in. */
const MASKS: Readonly<Record<string, string>> = {
  ackDeadlineSeconds: 'ack_deadline_seconds',
  pushEndpoint: 'push_config',
  pushAccount: 'push_config',
  pushAudience: 'push_config',
  deadLetterTopic: 'dead_letter_policy',
  maxDeliveryAttempts: 'dead_letter_policy',
  minBackoffSeconds: 'retry_policy',
  maxBackoffSeconds: 'retry_policy',
  retentionSeconds: 'message_retention_duration',
  expires: 'expiration_policy',
  labels: 'labels',
};

/** The subscription as the API takes it. */
function requestOf(fields: Fields): Subscription {
  // `subscriptions` above wrote these fields, each of this type.
  const text = (field: string) => fields[field] as string;
  const whole = (field: string) => fields[field] as number;
  return {
    topic: text('topic'),
    labels: LABELS,
    expirationPolicy: {},
    messageRetentionDuration: { seconds: whole('retentionSeconds') },
    retainAckedMessages: false,
    ...('pushEndpoint' in fields && {
      enableMessageOrdering: fields['isOrdered'] === true,
      ackDeadlineSeconds: whole('ackDeadlineSeconds'),
      pushConfig: {
        pushEndpoint: text('pushEndpoint'),
        oidcToken: { serviceAccountEmail: text('pushAccount'), audience: text('pushAudience') },
      },
      ...(text('deadLetterTopic') !== '' && {
        deadLetterPolicy: {
          deadLetterTopic: text('deadLetterTopic'),
          maxDeliveryAttempts: whole('maxDeliveryAttempts'),
        },
      }),
      retryPolicy: {
        minimumBackoff: { seconds: whole('minBackoffSeconds') },
        maximumBackoff: { seconds: whole('maxBackoffSeconds') },
      },
    }),
  };
}

/** The same fields of a subscription that is there. */
function fieldsOf(found: Subscription): Fields {
  const { pushConfig, deadLetterPolicy, retryPolicy, expirationPolicy } = found;
  return {
    topic: found.topic ?? '',
    isOrdered: found.enableMessageOrdering === true,
    ackDeadlineSeconds: found.ackDeadlineSeconds ?? 0,
    pushEndpoint: pushConfig?.pushEndpoint ?? '',
    pushAccount: pushConfig?.oidcToken?.serviceAccountEmail ?? '',
    pushAudience: pushConfig?.oidcToken?.audience ?? '',
    deadLetterTopic: deadLetterPolicy?.deadLetterTopic ?? '',
    maxDeliveryAttempts: deadLetterPolicy?.maxDeliveryAttempts ?? 0,
    minBackoffSeconds: Number(retryPolicy?.minimumBackoff?.seconds ?? 0),
    maxBackoffSeconds: Number(retryPolicy?.maximumBackoff?.seconds ?? 0),
    retentionSeconds: Number(found.messageRetentionDuration?.seconds ?? 0),
    expires: Number(expirationPolicy?.ttl?.seconds ?? 0) > 0,
    labels: found.labels ?? {},
  };
}
