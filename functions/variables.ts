import { z } from 'zod';
import { nearestName } from '../shared/kernel/nearest-name.ts';
import { plainMessage } from '../shared/kernel/plain-message.ts';
import { StrataOptions, variableOf } from '../shared/options.ts';
import { IdentityVariables } from './identity/identity-config.ts';
import { WatchVariables } from './watch-config.ts';

const LOG_LEVELS = ['off', 'error', 'warning', 'info'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What is no option: where things are, and who may call. */
export const Place = z.object({
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
export type Place = z.output<typeof Place>;

interface Variable {
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

/** What an environment says, before it is put together. */
interface Reading {
  readonly options: Record<string, unknown>;
  readonly place: Readonly<Record<string, unknown>>;
  /** A line each. */
  readonly faults: string[];
}

/** Reads each variable by its own schema; a blank one counts as missing. */
export function readVariables(env: Readonly<Record<string, string | undefined>>): Reading {
  const faults = unknownNames(env);
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
  return { options, place, faults };
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
