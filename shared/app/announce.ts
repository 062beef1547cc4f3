import type { SessionKey } from '../domain/ids.ts';
import { METRICS } from '../domain/metrics/catalogue.ts';
import type { Logger } from '../kernel/logger.ts';
import type { BusMessage, EventBus } from '../ports/event-bus.ts';
import type { Meter } from '../ports/meter.ts';

export interface AnnounceDeps {
  readonly bus: EventBus;
  readonly log: Logger;
  readonly meter: Meter;
}

/**
 * Tells others what is durable by now. A bus that fails does not fail its caller: a request for a
 * summary that got lost is repeated by the sweep, a lost fact changes no state.
 */
export async function announce(
  { bus, log, meter }: AnnounceDeps,
  sessionKey: SessionKey | string,
  messages: readonly BusMessage[],
): Promise<void> {
  try {
    await bus.publish(messages);
  } catch (error) {
    meter.count(METRICS.eventsUnpublished, messages.length);
    const topics = messages.map(({ topic }) => topic);
    log.warning('Events were not published', { sessionKey, topics, error });
  }
}
