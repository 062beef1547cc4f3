import { z } from 'zod';
import type { HotRedisAddress } from '../shared/components/hot-redis.ts';
import { certificatesOf } from '../shared/components/redis-ca.ts';
import { AppError } from '../shared/kernel/app-error.ts';
import { dropAbsent } from '../shared/kernel/drop-absent.ts';
import { nearestName } from '../shared/kernel/nearest-name.ts';
import { plainMessage } from '../shared/kernel/plain-message.ts';
import { StrataOptions, variableOf } from '../shared/options.ts';
import { type IdentityConfig, IdentityVariables, identityOf } from './identity/identity-config.ts';
import { type WatchConfig, WatchVariables, watchOf } from './watch-config.ts';

export const LOG_LEVELS = ['off', 'error', 'warning', 'info'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const Place = z.object({
  STRATA_DATA_DIR: z.string().default('.strata').describe('a directory'),
  STRATA_HOST: z.string().default('127.0.0.1').describe('an address to listen on'),
  STRATA_LOG: z.enum(LOG_LEVELS).default('warning').describe('what is logged, on standard error'),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/ })
    .optional()
    .describe('an address, redis://… or rediss://…'),
  STRATA_STORE: z
    .enum(['sqlite', 'firestore'])
    .optional()
    .describe(
      'where everything is kept; Firestore by default where one of the variables below is set',
    ),
  STRATA_BUS: z
    .enum(['embedded', 'pubsub'])
    .optional()
    .describe('how functions that run alone reach each other; Pub/Sub by default likewise'),
  STRATA_FIRESTORE_DATABASE: z.string().optional().describe('the name of a database'),
  GOOGLE_CLOUD_PROJECT: z.string().optional().describe('the name of a project'),
  FIRESTORE_EMULATOR_HOST: z.string().optional().describe('host and port of an emulator'),
  PUBSUB_EMULATOR_HOST: z.string().optional().describe('host and port of an emulator'),
  K_SERVICE: z.string().optional().describe('set by the platform: this runs in the cloud'),
  STRATA_REDIS_CA: z
    .string()
    .optional()
    .describe('who signs the certificate of Redis: PEM text, or the path of a PEM file'),
  STRATA_REDIS_CLUSTER: z.boolean().default(false).describe('REDIS_URL is a node of a cluster'),
  STRATA_REDIS_PREFIX: z
    .string()
    .regex(/^[\w.-]{1,64}$/)
    .optional()
    .describe('up to 64 letters, digits, dots and dashes'),
  STRATA_CURSOR_KEY: z
    .string()
    .optional()
    .describe(
      'what cursors are signed with: 32 to 512 characters without commas or blanks; two with a comma while the second is replaced; by default a key that the durable store keeps',
    ),
  ...IdentityVariables,
  ...WatchVariables,
  PORT: z.int().min(0).max(65_535).default(8_080).describe('a port; 0: any free one'),
});

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

/** The environment holds values that can't be used; `message` has one line per variable. */
export class ConfigError extends TypeError {
  override readonly name = 'ConfigError';
}

export interface Variable {
  readonly name: string;
  readonly schema: z.ZodType;
  readonly option?: string;
}

/** Every variable there is, in the order of the README's table. */
export const VARIABLES: readonly Variable[] = [
  ...Object.entries(StrataOptions.shape).map(([option, schema]) => ({
    name: variableOf(option),
    schema,
    option,
  })),
  ...Object.entries(Place.shape).map(([name, schema]) => ({ name, schema })),
];
const NAMES = VARIABLES.map(({ name }) => name);
const PREFIX = 'STRATA_';
/** Switches of the test run itself, which its child processes inherit. */
const TEST_PREFIX = 'STRATA_TEST_';

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
  const faults: string[] = unknownNames(env);
  const options: Record<string, unknown> = {};
  const place: Record<string, unknown> = {};
  for (const variable of VARIABLES) {
    const text = env[variable.name]?.trim() || undefined;
    const parsed = variable.schema.safeParse(
      text === undefined ? undefined : typedValue(text, variable),
      { error: plainMessage },
    );
    if (!parsed.success) faults.push(faultOf(variable, text, parsed.error));
    else if (variable.option) options[variable.option] = parsed.data;
    else place[variable.name] = parsed.data;
  }
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

type Place = z.output<typeof Place>;
/** An emulator takes any project; a `demo-` one can reach nothing real. */
const EMULATED_PROJECT = 'demo-strata';

/**
 * Firestore where anything says that there is one, else SQLite.
 *
 * @throws ConfigError when SQLite is asked for in the cloud, where its file ends with the instance.
 */
function durableOf({
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
function busOf({
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

function unknownNames(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env)
    .filter(
      ([name, value]) => name.startsWith(PREFIX) && !name.startsWith(TEST_PREFIX) && value?.trim(),
    )
    .filter(([name]) => !NAMES.includes(name))
    .map(([name]) => {
      const nearest = nearestName(name, NAMES);
      return `${name}: unknown variable${nearest ? `; did you mean ${nearest}?` : ''}`;
    });
}

/** The text as the type that the default has; text that is not of this type stays as it is. */
function typedValue(text: string, { schema }: Variable): unknown {
  switch (typeof schema.parse(undefined)) {
    case 'number':
      return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
    case 'boolean':
      return { true: true, '1': true, false: false, '0': false }[text.toLowerCase()] ?? text;
    case 'object':
      return jsonOr(text);
    default:
      return text;
  }
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // The schema refuses it and names the variable.
  }
}

function faultOf({ name, schema }: Variable, text: string | undefined, error: z.ZodError): string {
  const inside = error.issues.find(({ path }) => path.length > 0);
  const where = inside ? ` at ${inside.path.join('.')}: ${inside.message}` : '';
  return `${name}: expected ${expected(schema)}${where}, found "${oneLine(text ?? '')}"`;
}

// An address may hold a password.
const oneLine = (text: string): string =>
  text
    .replace(/\/\/[^/]*@/, '//…@')
    .replace(/\s+/g, ' ')
    .slice(0, 80);

function expected(schema: z.ZodType): string {
  const {
    type,
    minimum,
    maximum,
    exclusiveMinimum,
    enum: names,
  } = z.toJSONSchema(schema, {
    io: 'input', // What a variable holds, not what is made of it.
  });
  const unit = schema.meta()?.['unit'];
  const range = [
    minimum === undefined ? '' : ` from ${minimum}`,
    exclusiveMinimum === undefined ? '' : ` above ${exclusiveMinimum}`,
    maximum === undefined ? '' : ` up to ${maximum}`,
  ].join('');
  if (names) return `one of ${names.join(', ')}`;
  if (type === 'boolean') return 'true or false';
  if (type === 'object') return 'a JSON object';
  if (type === 'string' || type === 'array') return schema.description ?? 'text';
  const kind = type === 'integer' ? 'a whole number' : 'a number';
  return `${kind}${range}${typeof unit === 'string' && unit ? ` (${unit})` : ''}`;
}
