import { dropAbsent } from '../shared/kernel/drop-absent.ts';
import { ConfigError } from './config-error.ts';
import type { Place } from './variables.ts';

/** SQLite in the data directory, or a Firestore database. */
export type DurablePlace =
  | { readonly kind: 'sqlite' }
  | {
      readonly kind: 'firestore';
      readonly projectId?: string;
      readonly databaseId?: string;
    };

/** The bus inside this process, or Pub/Sub. */
export type BusPlace =
  | { readonly kind: 'embedded' }
  | { readonly kind: 'pubsub'; readonly projectId?: string };

/** An emulator takes any project; a `demo-` one can reach nothing real. */
const EMULATED_PROJECT = 'demo-strata';

/**
 * Firestore where anything says that there is one, else SQLite.
 *
 * @throws ConfigError when SQLite is asked for in the cloud, where its file ends with the instance.
 */
export function durableOf({
  STRATA_STORE: chosen,
  STRATA_FIRESTORE_DATABASE: databaseId,
  GOOGLE_CLOUD_PROJECT: project,
  FIRESTORE_EMULATOR_HOST: emulator,
  K_SERVICE: service,
}: Pick<
  Place,
  | 'STRATA_STORE'
  | 'STRATA_FIRESTORE_DATABASE'
  | 'GOOGLE_CLOUD_PROJECT'
  | 'FIRESTORE_EMULATOR_HOST'
  | 'K_SERVICE'
>): DurablePlace {
  if (chosen === 'sqlite' && service !== undefined) {
    throw new ConfigError(
      'STRATA_STORE: expected firestore in the cloud, where a file ends with its instance, found "sqlite"',
    );
  }
  const isCloud = [project, emulator, service].some((value) => value !== undefined);
  if (chosen === 'sqlite' || (chosen === undefined && !isCloud)) return { kind: 'sqlite' };
  const projectId = project ?? (emulator === undefined ? undefined : EMULATED_PROJECT);
  return { kind: 'firestore', ...dropAbsent({ projectId, databaseId }) };
}

/**
 * Pub/Sub where anything says that there is one.
 *
 * @throws ConfigError when the embedded bus is asked for in the cloud, where nobody hears it.
 */
export function busOf({
  STRATA_BUS: chosen,
  GOOGLE_CLOUD_PROJECT: project,
  PUBSUB_EMULATOR_HOST: emulator,
  K_SERVICE: service,
}: Pick<
  Place,
  'STRATA_BUS' | 'GOOGLE_CLOUD_PROJECT' | 'PUBSUB_EMULATOR_HOST' | 'K_SERVICE'
>): BusPlace {
  if (chosen === 'embedded' && service !== undefined) {
    throw new ConfigError(
      'STRATA_BUS: expected pubsub in the cloud, where functions reach each other no other way, found "embedded"',
    );
  }
  const isCloud = [project, emulator, service].some((value) => value !== undefined);
  if (chosen === 'embedded' || (chosen === undefined && !isCloud)) return { kind: 'embedded' };
  const projectId = project ?? (emulator === undefined ? undefined : EMULATED_PROJECT);
  return { kind: 'pubsub', ...dropAbsent({ projectId }) };
}
