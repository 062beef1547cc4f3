import type { CloudEvent } from '@google-cloud/functions-framework';
import { invalid } from '../../shared/kernel/app-error.ts';
import { isJsonObject, type Json } from '../../shared/kernel/json.ts';
import { hashKey } from '../../shared/kernel/key.ts';
import { parseStrictJson } from '../../shared/kernel/strict-json.ts';

/** One delivery, whatever envelope it came in. */
export interface Delivery {
  /** Names the message: the same on every delivery of it. Never empty. */
  readonly messageId: string;
  /** Where the event came from; part of its identity when it was no Pub/Sub message. */
  readonly source: string;
  /** When it was published, in Unix milliseconds; absent when the envelope doesn't say. */
  readonly publishedAtMs?: number;
}

/**
 * Names a delivery, by what it carries where a sender that is not Pub/Sub gives no id: sent again,
 * the same bytes are the same delivery. The framework turns a Pub/Sub push body into a
 * CloudEvent with `data.message`; a push body that it doesn't recognise arrives as it is.
 */
export function deliveryOf(event: CloudEvent<unknown>): Delivery {
  const message = messageOf(event);
  const id = message?.['messageId'] ?? message?.['message_id'] ?? event.id;
  const time = message?.['publishTime'] ?? message?.['publish_time'] ?? event.time;
  const publishedAtMs = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return {
    messageId: typeof id === 'string' && id !== '' ? id : nameOf(message ?? event),
    source: message ? 'pubsub' : String(event.source ?? ''),
    ...(Number.isFinite(publishedAtMs) && { publishedAtMs }),
  };
}

const nameOf = (carrier: object): string => hashKey(JSON.stringify(carrier));

/**
 * The JSON that an event carries: base64 in a Pub/Sub message or in `data_base64`, else the data
 * itself.
 *
 * @throws AppError `invalid-argument` when there is none, or it is not JSON.
 */
export function dataOf(event: CloudEvent<unknown>): Json {
  const message = messageOf(event);
  if (message) return fromBase64(message['data'], 'message.data');
  const { data, data_base64: encoded } = event;
  if (data === undefined && encoded !== undefined) return fromBase64(encoded, 'data_base64');
  if (data === undefined) throw invalid([{ path: 'data', message: 'is missing' }]);
  if (data instanceof Uint8Array) return parseStrictJson(data);
  return parseStrictJson(Buffer.from(typeof data === 'string' ? data : JSON.stringify(data)));
}

/** The same where it is refused for a detail, such as half a surrogate pair: as far as it is JSON. */
export function roughDataOf(event: CloudEvent<unknown>): Json | undefined {
  try {
    const encoded = messageOf(event)?.['data'] ?? event.data_base64;
    if (typeof encoded === 'string') return JSON.parse(Buffer.from(encoded, 'base64').toString());
    const text = event.data instanceof Uint8Array ? Buffer.from(event.data) : event.data;
    return JSON.parse(isJsonObject(text) ? JSON.stringify(text) : String(text));
  } catch {
    return undefined; // Not JSON in any way.
  }
}

/** The Pub/Sub message inside an event; `undefined` when the event carries its data directly. */
export function messageOf(
  event: CloudEvent<unknown>,
): Readonly<Record<string, unknown>> | undefined {
  const { data } = event;
  if (isJsonObject(data) && isJsonObject(data['message'])) return data['message'];
  const message = isJsonObject(event) ? event['message'] : undefined;
  return isJsonObject(message) ? message : undefined;
}

function fromBase64(encoded: unknown, path: string): Json {
  if (typeof encoded !== 'string') throw invalid([{ path, message: 'must be base64 text' }]);
  return parseStrictJson(Buffer.from(encoded, 'base64'));
}
