import type { CloudEvent } from '@google-cloud/functions-framework';
import { EVENT_VERSION } from '../../shared/domain/events.ts';
import type { AppError } from '../../shared/kernel/app-error.ts';
import { isJsonObject, type Json, type JsonObject } from '../../shared/kernel/json.ts';
import { type FunctionName, TOPICS } from '../../shared/topology.ts';
import type { Runtime } from '../runtime.ts';
import { type Delivery, dataOf, messageOf } from './pubsub.ts';

interface Parked {
  readonly name: FunctionName;
  readonly event: CloudEvent<unknown>;
  readonly delivery: Delivery;
  readonly error: AppError;
}

/**
 * Puts an event that no retry can mend on the dead-letter topic, whole and with its reason, for a
 * person to look at. The user stands in an attribute, so that an erasure finds it.
 */
export async function park(
  { bus, log }: Pick<Runtime, 'bus' | 'log'>,
  parked: Parked,
): Promise<void> {
  const { name, event, delivery, error } = parked;
  const { code, message: detail, details } = error;
  log.error('Event parked', { function: name, messageId: delivery.messageId, code, error });
  const userId = userOf(event);
  await bus.publish([
    {
      topic: TOPICS.deadLetter,
      attributes: { function: name, code, ...(userId !== undefined && { userId }) },
      data: asJson({
        version: EVENT_VERSION,
        function: name,
        reason: { code, detail, ...details },
        messageId: delivery.messageId,
        message: messageOf(event) ?? { data: event.data ?? event.data_base64 ?? null },
      }),
    },
  ]);
}

function userOf(event: CloudEvent<unknown>): string | undefined {
  try {
    const data: Json = dataOf(event);
    const userId = isJsonObject(data) ? data['userId'] : undefined;
    return typeof userId === 'string' ? userId : undefined;
  } catch {
    return undefined; // What can't be read names nobody.
  }
}

/** Events come from JSON; the round trip drops what is not (an undefined field, a class). */
const asJson = (value: object): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject;
