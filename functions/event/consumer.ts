import type { CloudEvent } from '@google-cloud/functions-framework';
import type { Memory } from '../../shared/app/memory.ts';
import { METRICS } from '../../shared/domain/metrics/catalogue.ts';
import { AppError } from '../../shared/kernel/app-error.ts';
import { DAY_MS, MINUTE_MS, monotonicMs, sinceMs } from '../../shared/kernel/clock.ts';
import { composeKey } from '../../shared/kernel/key.ts';
import { inLogScope } from '../../shared/kernel/log-scope.ts';
import type { Logger } from '../../shared/kernel/logger.ts';
import type { FunctionName } from '../../shared/topology.ts';
import { admitDelivery, keepExchanges } from '../identity/admit-delivery.ts';
import type { Runtime } from '../runtime.ts';
import { park, topicOf } from './park.ts';
import { type Delivery, dataOf, deliveryOf } from './pubsub.ts';
import { askAgain } from './redelivery.ts';
import { traceOfEvent } from './trace-of-event.ts';

/** Longer than an event function may run (9 minutes), or an attempt and its retry run side by side. */
const LEASE_MS = 10 * MINUTE_MS;
const RETENTION_MS = DAY_MS;
/** A message that still fails a day after it was published is parked instead of tried again. */
const MAX_AGE_MS = DAY_MS;

export type EventHandler = (event: CloudEvent<unknown>) => Promise<void>;

/** What a delivery needs, whatever its function does. */
export type EventRuntime = Pick<
  Runtime,
  'ledger' | 'meter' | 'clock' | 'log' | 'identity' | 'isShared'
> & {
  readonly metrics: Pick<Runtime['metrics'], 'poll'>;
  readonly memory: Pick<Memory, 'park'>;
};

export interface Consumer<Payload, R extends EventRuntime = Runtime> {
  readonly name: FunctionName;
  /** @throws AppError `invalid-argument` on data that no retry can repair. */
  readonly decode: (data: unknown, delivery: Delivery, runtime: R) => Payload;
  /** Must be safe to repeat: the ledger narrows the window for a double run, it cannot close it. */
  readonly run: (runtime: R, payload: Payload) => Promise<unknown>;
}

/**
 * Turns a use case into an event function. Returning acknowledges; throwing asks for redelivery.
 *
 * The result takes exactly one parameter: the framework reads a second one as a callback and then
 * never acknowledges.
 */
export function consumer<Payload, R extends EventRuntime = Runtime>(
  options: Consumer<Payload, R>,
  open: () => R | Promise<R>,
): EventHandler {
  keepExchanges();
  const labels = { function: options.name };
  return async (event) => {
    const trace = traceOfEvent(event);
    await inLogScope({ labels, ...(trace && { trace }) }, async () => {
      let log: Logger | undefined;
      try {
        const opening = open();
        const isOpening = opening instanceof Promise;
        const runtime = isOpening ? await opening : opening;
        ({ log } = runtime);
        await handle(options, runtime, { event, isOpening });
      } catch (thrown) {
        await askAgain(AppError.from(thrown), log);
      }
    });
  };
}

interface Arrival {
  readonly event: CloudEvent<unknown>;
  /** It is the one that opened the stores. */
  readonly isOpening: boolean;
}

async function handle<Payload, R extends EventRuntime>(
  options: Consumer<Payload, R>,
  runtime: R,
  { event, isOpening }: Arrival,
): Promise<void> {
  await admitDelivery(runtime.identity);
  const { meter, log } = runtime;
  const startedAtMs = monotonicMs();
  // A delivery that opened waited enough, and there is nothing to tell yet.
  const polled = isOpening ? undefined : runtime.metrics.poll();
  const labels = { function: options.name };
  let status = 'failed';
  try {
    status = await consume(options, runtime, event);
  } finally {
    if (polled) await polled;
    const tookMs = sinceMs(startedAtMs);
    meter.count(METRICS.requests, 1, { ...labels, status });
    if (status === 'failed') countFailure(options.name, runtime);
    meter.observe(METRICS.requestDuration, tookMs, labels);
    log.info('Event handled', { status, tookMs });
  }
}

/** The embedded bus counts what it delivers again; Pub/Sub's deliveries are counted here. */
function countFailure(name: FunctionName, { meter, isShared }: EventRuntime): void {
  meter.count(METRICS.requestErrors, 1, { function: name });
  if (isShared) meter.count(METRICS.busRedelivered, 1, { topic: topicOf(name) });
}

type Outcome = 'done' | 'duplicate' | 'parked' | 'erased';

async function consume<Payload, R extends EventRuntime>(
  options: Consumer<Payload, R>,
  runtime: R,
  event: CloudEvent<unknown>,
): Promise<Outcome> {
  const { ledger, log } = runtime;
  const delivery = deliveryOf(event);
  const { source, messageId } = delivery;
  const deliveryId = composeKey(options.name, source, messageId);
  const claim = await ledger.claim(deliveryId, LEASE_MS);
  if (claim.status === 'settled') {
    log.info('Duplicate delivery ignored', { deliveryId });
    return 'duplicate';
  }
  if (claim.status === 'held')
    throw new AppError('aborted', 'Another attempt holds this delivery', {
      details: { deliveryId },
    });
  const outcome = await attempt(options, runtime, event, delivery).catch(async (error: unknown) => {
    await ledger.release(deliveryId, claim.token).catch((lost: unknown) => {
      log.warning('Release failed; the lease will run out', { deliveryId, error: lost });
    });
    throw error;
  });
  await ledger.settle(deliveryId, claim.token, RETENTION_MS);
  return outcome;
}

/** Runs once. Throws only what a redelivery may repair. */
async function attempt<Payload, R extends EventRuntime>(
  options: Consumer<Payload, R>,
  runtime: R,
  event: CloudEvent<unknown>,
  delivery: Delivery,
): Promise<Outcome> {
  try {
    await options.run(runtime, options.decode(dataOf(event), delivery, runtime));
    return 'done';
  } catch (thrown) {
    const error = AppError.from(thrown);
    // Late for an erased user: it must leave no trace, so it is not parked either.
    if (error.code === 'erased') return 'erased';
    if (error.retryable && !isTooOld(delivery, runtime)) {
      runtime.log.warning('Event failed; asking for redelivery', { code: error.code, error });
      throw error;
    }
    return await park(runtime, { name: options.name, event, delivery, error });
  }
}

const isTooOld = ({ publishedAtMs }: Delivery, { clock }: EventRuntime): boolean =>
  publishedAtMs !== undefined && clock.now() - publishedAtMs > MAX_AGE_MS;
