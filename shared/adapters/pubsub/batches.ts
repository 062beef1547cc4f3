import { AppError, invalid } from '../../kernel/app-error.ts';
import { dropAbsent } from '../../kernel/drop-absent.ts';
import { utf8Bytes } from '../../kernel/json.ts';
import type { BusMessage } from '../../ports/event-bus.ts';
import type { Topic } from '../../topology.ts';
import type { OutgoingMessage } from './publisher.ts';

// Limits of Pub/Sub: https://cloud.google.com/pubsub/quotas#resource_limits (2026-11).
const MAX_REQUEST_BYTES = 10_000_000;
const MAX_REQUEST_MESSAGES = 1_000;
const MAX_ATTRIBUTES = 100;
const MAX_ATTRIBUTE_KEY_BYTES = 256;
const MAX_ATTRIBUTE_VALUE_BYTES = 1_024;
const MAX_ORDERING_KEY_BYTES = 1_024;
/** What the encoding adds to a field, counted high. */
const FIELD_BYTES = 16;

/** What one request carries. */
type Batch = readonly OutgoingMessage[];

/** Requests that go out one after another: those of one ordering key, or a single one. */
export interface Lane {
  readonly topic: Topic;
  /** Absent: nothing has to wait for this one. */
  readonly orderingKey?: string;
  readonly batches: readonly Batch[];
}

/**
 * Messages as requests: all of one request have the same ordering key, as Pub/Sub wants it
 * (https://cloud.google.com/pubsub/docs/reference/rest/v1/PubsubMessage), and each is within its
 * limits.
 *
 * @throws AppError `payload-too-large` or `invalid-argument` for a message that no request can carry.
 */
export function lanesOf(messages: readonly BusMessage[]): readonly Lane[] {
  const groups = Map.groupBy(messages, ({ topic, orderingKey }) =>
    JSON.stringify([topic, orderingKey]),
  );
  return [...groups.values()].flatMap((group): readonly Lane[] => {
    const [first] = group;
    if (!first) return [];
    const { topic, orderingKey } = first;
    const batches = split(group.map(encode));
    return orderingKey === undefined
      ? batches.map((batch) => ({ topic, batches: [batch] }))
      : [{ topic, orderingKey, batches }];
  });
}

function encode({ topic, data, attributes = {}, orderingKey }: BusMessage): OutgoingMessage {
  checkAttributes(attributes, orderingKey);
  const message = {
    data: Buffer.from(JSON.stringify(data)),
    attributes: { ...attributes },
    ...dropAbsent({ orderingKey }),
  };
  const sizeBytes = bytesOf(message);
  if (sizeBytes > MAX_REQUEST_BYTES) {
    throw new AppError('payload-too-large', 'The message is larger than Pub/Sub takes', {
      details: { topic, sizeBytes, maxBytes: MAX_REQUEST_BYTES },
    });
  }
  return message;
}

function checkAttributes(attributes: Readonly<Record<string, string>>, orderingKey = ''): void {
  const entries = Object.entries(attributes);
  const isBad = ([key, value]: readonly [string, string]) =>
    key === '' ||
    utf8Bytes(key) > MAX_ATTRIBUTE_KEY_BYTES ||
    utf8Bytes(value) > MAX_ATTRIBUTE_VALUE_BYTES;
  const bad = entries.find(isBad);
  const violations = [
    ...(entries.length > MAX_ATTRIBUTES
      ? [{ path: 'attributes', message: `must be ${MAX_ATTRIBUTES} at most` }]
      : []),
    ...(bad ? [{ path: `attributes.${bad[0].slice(0, 64)}`, message: 'is too long' }] : []),
    ...(utf8Bytes(orderingKey) > MAX_ORDERING_KEY_BYTES
      ? [{ path: 'orderingKey', message: `must have ${MAX_ORDERING_KEY_BYTES} bytes at most` }]
      : []),
  ];
  if (violations.length > 0) throw invalid(violations, 'Pub/Sub does not take the message');
}

function split(messages: readonly OutgoingMessage[]): readonly Batch[] {
  const batches: OutgoingMessage[][] = [];
  let sizeBytes = 0;
  for (const message of messages) {
    const bytes = bytesOf(message);
    const last = batches.at(-1);
    if (last && last.length < MAX_REQUEST_MESSAGES && sizeBytes + bytes <= MAX_REQUEST_BYTES) {
      last.push(message);
      sizeBytes += bytes;
    } else {
      batches.push([message]);
      sizeBytes = bytes;
    }
  }
  return batches;
}

function bytesOf({ data, attributes, orderingKey = '' }: OutgoingMessage): number {
  const fields = Object.entries(attributes).map(
    ([key, value]) => utf8Bytes(key) + utf8Bytes(value) + FIELD_BYTES,
  );
  return fields.reduce(
    (sum, bytes) => sum + bytes,
    data.byteLength + utf8Bytes(orderingKey) + 2 * FIELD_BYTES,
  );
}
