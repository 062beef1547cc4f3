import type { CloudProfilerOptions } from '../shared/adapters/cloud-profiler/start-cloud-profiler.ts';
import { InProcessMeter } from '../shared/adapters/in-process/meter.ts';
import {
  type DurableStores,
  type Embedded,
  type EmbeddedOptions,
  type OwnBus,
  openEmbedded,
  openSystem,
  type System,
} from '../shared/components/embedded.ts';
import { openFirestoreStores, redisPrefixOf } from '../shared/components/open-firestore-stores.ts';
import { openMonitoring } from '../shared/components/open-monitoring.ts';
import { type Clock, systemClock } from '../shared/kernel/clock.ts';
import { dropAbsent } from '../shared/kernel/drop-absent.ts';
import type { Logger } from '../shared/kernel/logger.ts';
import type { Meter } from '../shared/ports/meter.ts';
import type { Config } from './config.ts';
import { loggerAt } from './log.ts';

interface Overrides {
  /** A simulation brings its own time. */
  readonly clock?: Clock;
  readonly log?: Logger;
  /** Used instead of SQLite in the data directory: a measurement puts a counter in front. */
  readonly stores?: DurableStores;
}

/**
 * The composition root: opens the stores that the configuration names and puts the system together,
 * with a bus of its own for all functions in this process.
 *
 * @throws AppError with one line that says what to do when a store cannot be opened.
 */
export async function compose(config: Config, overrides: Overrides = {}): Promise<Embedded> {
  return openEmbedded(await openStores(config, overrides));
}

/**
 * The same for one function in a process of its own: what it publishes goes to Pub/Sub where the
 * configuration says so, and who hears it is the subscriptions' affair.
 */
export async function composeFunction(
  config: Config,
  overrides: Overrides = {},
): Promise<System<OwnBus>> {
  if (config.bus.kind === 'embedded') return compose(config, overrides);
  const { projectId } = config.bus;
  const [stores, { PubsubEventBus }] = await Promise.all([
    openStores(config, overrides),
    import('../shared/adapters/pubsub/event-bus.ts'),
  ]);
  // The SDK is loaded with the first message: who publishes none does not pay for it.
  const connect = async () => {
    const [{ connectPubsub }, { BreakingPublisher }] = await Promise.all([
      import('../shared/adapters/pubsub/connect.ts'),
      import('../shared/adapters/pubsub/breaking-publisher.ts'),
    ]);
    return new BreakingPublisher(await connectPubsub(dropAbsent({ projectId })));
  };
  const openBus = ({ meter }: { readonly meter: Meter }) => new PubsubEventBus({ connect, meter });
  return openSystem({ ...stores, openBus, isShared: true });
}

async function openStores(
  config: Config,
  { clock = systemClock, log = loggerAt(config), stores: own }: Overrides,
): Promise<EmbeddedOptions> {
  const { options, dataDir, redis: given, durable, monitoring, profiler, cursorKeys } = config;
  if (profiler) void profile({ ...profiler, log });
  const meter = new InProcessMeter();
  const place = durable.kind === 'firestore' ? durable : undefined;
  const stores = own ?? (place && openFirestoreStores(place, { clock, meter }));
  const redis = given && place ? { redisPrefix: redisPrefixOf(place), ...given } : given;
  const exporter = monitoring && openMonitoring(monitoring);
  const rest = dropAbsent({ redis, stores, exporter, cursorKeys });
  return { options, dataDir, clock, log, meter, ...rest };
}

/** Beside everything else: no call waits for it, and it never fails. */
async function profile(options: CloudProfilerOptions): Promise<void> {
  const { startCloudProfiler } = await import(
    '../shared/adapters/cloud-profiler/start-cloud-profiler.ts'
  );
  await startCloudProfiler(options);
}
