import type { CloudEvent } from '@google-cloud/functions-framework';
import type { Memory, Parking } from '../../shared/app/memory.ts';
import { METRICS } from '../../shared/domain/metrics/catalogue.ts';
import { parkedContent } from '../../shared/domain/parked-content.ts';
import type { AppError } from '../../shared/kernel/app-error.ts';
import type { JsonObject } from '../../shared/kernel/json.ts';
import type { Logger } from '../../shared/kernel/logger.ts';
import type { Meter } from '../../shared/ports/meter.ts';
import { type FunctionName, SUBSCRIPTIONS } from '../../shared/topology.ts';
import { type Delivery, messageOf, roughDataOf } from './pubsub.ts';

interface ParkDeps {
  readonly meter: Meter;
  readonly memory: Pick<Memory, 'park'>;
  readonly log: Logger;
}

interface Parked {
  readonly name: FunctionName;
  readonly event: CloudEvent<unknown>;
  readonly delivery: Delivery;
  readonly error: AppError;
}

/** The topic that drives a function; its own name where none does. */
export const topicOf = (name: FunctionName): string =>
  SUBSCRIPTIONS.find(({ target }) => target === name)?.topic ?? name;

/** Parks an event that no retry can mend, whole and with its reason. */
export async function park({ memory, meter, log }: ParkDeps, parked: Parked): Promise<Parking> {
  const { name, event, delivery, error } = parked;
  const { code, message: detail, details } = error;
  const { messageId } = delivery;
  const parking = await memory.park({
    name,
    topic: topicOf(name),
    messageId,
    reason: { ...asJson(details), code, detail },
    message: asJson(messageOf(event) ?? { data: event.data ?? event.data_base64 ?? null }),
    attempts: 1,
    ...parkedContent(roughDataOf(event)),
  });
  if (parking === 'parked') {
    meter.count(METRICS.busDeadLettered, 1, { topic: topicOf(name) });
    log.error('Event parked', { function: name, messageId, code, error });
  }
  return parking;
}

/** Events come from JSON; the round trip drops what is not (an undefined field, a class). */
const asJson = (value: object): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject;
