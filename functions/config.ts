import { z } from 'zod';
import { StrataOptions, variableOf } from '../shared/options.ts';
import { nearestName } from './nearest-name.ts';

export const LOG_LEVELS = ['off', 'error', 'warning', 'info'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const Place = z.object({
  STRATA_DATA_DIR: z.string().default('.strata').describe('a directory'),
  STRATA_HOST: z.string().default('127.0.0.1').describe('an address to listen on'),
  STRATA_LOG: z.enum(LOG_LEVELS).default('warning').describe('what is logged, on standard error'),
  PORT: z.int().min(0).max(65_535).default(8_080).describe('a port; 0: any free one'),
});

/** What a process of Strata is told from outside. */
export interface Config {
  readonly options: StrataOptions;
  readonly dataDir: string;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly logLevel: LogLevel;
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
  const { STRATA_DATA_DIR, STRATA_HOST, STRATA_LOG, PORT } = Place.parse(place);
  return {
    options: StrataOptions.parse(options),
    dataDir: STRATA_DATA_DIR,
    host: STRATA_HOST,
    port: PORT,
    logLevel: STRATA_LOG,
  };
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

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 80);

function expected(schema: z.ZodType): string {
  const { type, minimum, maximum, exclusiveMinimum, enum: names } = z.toJSONSchema(schema);
  const unit = schema.meta()?.['unit'];
  const range = [
    minimum === undefined ? '' : ` from ${minimum}`,
    exclusiveMinimum === undefined ? '' : ` above ${exclusiveMinimum}`,
    maximum === undefined ? '' : ` up to ${maximum}`,
  ].join('');
  if (names) return `one of ${names.join(', ')}`;
  if (type === 'boolean') return 'true or false';
  if (type === 'object') return 'a JSON object';
  if (type === 'string') return schema.description ?? 'text';
  const kind = type === 'integer' ? 'a whole number' : 'a number';
  return `${kind}${range}${typeof unit === 'string' && unit ? ` (${unit})` : ''}`;
}
