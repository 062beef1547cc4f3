import type { FirestorePlace } from '../shared/adapters/firestore/connect.ts';
import { type DurableStores, type Embedded, openEmbedded } from '../shared/components/embedded.ts';
import { type Clock, systemClock } from '../shared/kernel/clock.ts';
import { dropAbsent } from '../shared/kernel/drop-absent.ts';
import type { Logger } from '../shared/kernel/logger.ts';
import type { Config } from './config.ts';
import { loggerAt } from './log.ts';

interface Overrides {
  /** A simulation brings its own time. */
  readonly clock?: Clock;
  readonly log?: Logger;
}

/**
 * The composition root: opens the stores that the configuration names and puts the system together.
 *
 * @throws AppError with one line that says what to do when a store cannot be opened.
 */
export async function compose(
  { options, dataDir, logLevel, redis: given, durable }: Config,
  { clock = systemClock, log = loggerAt(logLevel) }: Overrides = {},
): Promise<Embedded> {
  const place = durable.kind === 'firestore' ? durable : undefined;
  const stores = place && (await openCloudStore(place, clock));
  const redis = given && place ? { redisPrefix: prefixOf(place), ...given } : given;
  return openEmbedded({ options, dataDir, clock, log, ...dropAbsent({ redis, stores }) });
}

/** Two databases may share a Redis: their keys must not meet. */
const prefixOf = ({ projectId, databaseId }: FirestorePlace): string =>
  ['strata', projectId, databaseId].filter((part) => part !== undefined).join('-');

/** The SDK is loaded here: who runs on SQLite does not pay for it. */
async function openCloudStore(place: FirestorePlace, clock: Clock): Promise<DurableStores> {
  const [{ connectFirestore }, { openFirestore }] = await Promise.all([
    import('../shared/adapters/firestore/connect.ts'),
    import('../shared/adapters/firestore/open-firestore.ts'),
  ]);
  return openFirestore({ firestore: connectFirestore(place), clock });
}
