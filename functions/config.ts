import type { HotRedisAddress } from '../shared/components/hot-redis.ts';
import { certificatesOf } from '../shared/components/redis-ca.ts';
import { AppError } from '../shared/kernel/app-error.ts';
import { dropAbsent } from '../shared/kernel/drop-absent.ts';
import { StrataOptions } from '../shared/options.ts';
import { ConfigError } from './config-error.ts';
import {
  type IdentityConfig,
  type IdentityVariables,
  identityOf,
} from './identity/identity-config.ts';
import { type BusPlace, busOf, type DurablePlace, durableOf } from './places.ts';
import { type LogLevel, Place, readVariables } from './variables.ts';
import { type WatchConfig, watchOf } from './watch-config.ts';

/** What a process of Strata is told from outside. */
export interface Config extends WatchConfig {
  readonly options: StrataOptions;
  readonly dataDir: string;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly logLevel: LogLevel;
  /** The Google Cloud project, where one is named. */
  readonly projectId?: string;
  /** Where everything is kept for good. */
  readonly durable: DurablePlace;
  /** Where a function that runs alone publishes; all functions in one process have their own bus. */
  readonly bus: BusPlace;
  /** The hot tier's shared half; absent: this process's memory alone. */
  readonly redis?: HotRedisAddress;
  /** What cursors are signed with, newest first; absent: what the durable store keeps. */
  readonly cursorKeys?: readonly string[];
  /** Who may call; absent: this machine alone. */
  readonly identity?: IdentityConfig;
}

const NO_PROJECT =
  'STRATA_GEMINI_PROJECT: expected a Google Cloud project for STRATA_SUMMARIZER=gemini, here or in GOOGLE_CLOUD_PROJECT, found ""';

/**
 * Reads the whole configuration from an environment. All eight functions work on the same system, so
 * they share this one reader instead of a schema each: a variable has one meaning everywhere, and a
 * mistyped one stops whichever function starts first.
 *
 * A blank variable counts as missing.
 *
 * @throws ConfigError with every fault, a line each, and a suggestion for unknown names.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const { options, place, faults } = readVariables(env);
  const project = env['GOOGLE_CLOUD_PROJECT']?.trim() ?? '';
  if (options['summarizer'] === 'gemini') {
    options['geminiProject'] ||= project;
    if (options['geminiProject'] === '') faults.push(NO_PROJECT);
  }
  if (faults.length > 0) throw new ConfigError(faults.join('\n'));
  const { STRATA_DATA_DIR, STRATA_HOST, STRATA_LOG, PORT, ...rest } = Place.parse(place);
  const { GOOGLE_CLOUD_PROJECT: projectId } = rest;
  return {
    options: StrataOptions.parse(options),
    dataDir: STRATA_DATA_DIR,
    host: STRATA_HOST,
    port: PORT,
    logLevel: STRATA_LOG,
    ...dropAbsent({ projectId }),
    durable: durableOf(rest),
    bus: busOf(rest),
    ...redisOf(rest),
    ...cursorKeysOf(rest),
    ...whoMayCall(rest),
    ...refusing(() => watchOf(rest)),
  };
}

/**
 * Who may call.
 *
 * @throws ConfigError in the cloud without any: the platform's address is open to everybody's network.
 */
function whoMayCall({
  K_SERVICE: service,
  ...given
}: Pick<Place, 'K_SERVICE' | keyof typeof IdentityVariables>): Pick<Config, 'identity'> {
  const identity = refusing(() => identityOf(given));
  if (identity) return { identity };
  if (service === undefined) return {};
  throw new ConfigError(
    'STRATA_USER_ISSUERS or STRATA_SERVICE_ACCOUNTS: expected one of them in the cloud, where others than this machine call, found ""',
  );
}

/** What reads several variables throws a line about one of them. */
function refusing<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : String(error));
  }
}

const CURSOR_KEY = /^[\x21-\x7e]{32,512}$/;
const MAX_CURSOR_KEYS = 2;

/**
 * The keys as a list. What is found is not told: it is a secret.
 *
 * @throws ConfigError for one that is too short to be a key.
 */
function cursorKeysOf({
  STRATA_CURSOR_KEY: given,
}: Pick<Place, 'STRATA_CURSOR_KEY'>): Pick<Config, 'cursorKeys'> {
  if (given === undefined) return {};
  const cursorKeys = given.split(',').map((key) => key.trim());
  if (cursorKeys.length <= MAX_CURSOR_KEYS && cursorKeys.every((key) => CURSOR_KEY.test(key)))
    return { cursorKeys };
  throw new ConfigError(
    'STRATA_CURSOR_KEY: expected one or two keys of 32 to 512 characters without commas or blanks, for example what `openssl rand -base64 32` prints, found something else',
  );
}

/** @throws ConfigError when there are no certificates where an authority is named. */
function redisOf({
  REDIS_URL: redisUrl,
  STRATA_REDIS_CA: givenCa,
  STRATA_REDIS_CLUSTER: isCluster,
  STRATA_REDIS_PREFIX: redisPrefix,
}: Pick<
  Place,
  'REDIS_URL' | 'STRATA_REDIS_CA' | 'STRATA_REDIS_CLUSTER' | 'STRATA_REDIS_PREFIX'
>): Pick<Config, 'redis'> {
  if (redisUrl === undefined) return {};
  const redisCa = givenCa && authorityOf(givenCa);
  return { redis: { redisUrl, isCluster, ...dropAbsent({ redisCa, redisPrefix }) } };
}

/** Read at the start: a file that is missing stops the rollout. */
function authorityOf(textOrPath: string): string {
  try {
    return certificatesOf(textOrPath).join('\n');
  } catch (thrown) {
    const { message } = AppError.from(thrown);
    throw new ConfigError(message.replace(/^redisCa/, 'STRATA_REDIS_CA'));
  }
}
