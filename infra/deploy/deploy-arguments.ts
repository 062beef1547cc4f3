import { parseArgs } from 'node:util';
import { AppError } from '../../shared/kernel/app-error.ts';
import { type PlaceArguments, placeFrom } from '../provision/provision-arguments.ts';
import type { Deployment } from './commands.ts';

export const HELP = `Usage: npm run deploy -- --project <id> --region <name> [options]

Deploys Strata to a Google Cloud project with the gcloud that you have: APIs, a Firestore database,
one service account for each function with no more rights than it needs, a Redis and the way to it,
the eight functions, and then npm run provision. It can be run again at any time.

Options
  --project <id>        the Google Cloud project, with billing
  --region <name>       for example europe-west1
  --database <name>     the Firestore database (default: (default))
  --time-zone <name>    time zone of the schedules (default: Etc/UTC)
  --redis-gib <number>  memory of the Redis, 0 for none (default: 1)
  --invoker <member>    who may call the functions for agents, and name any user: a service account,
                        serviceAccount:agent@my-project.iam.gserviceaccount.com (may be repeated)
  --public              let everybody reach the functions for agents, for end users' own clients: each
                        call needs an ID token of STRATA_USER_ISSUERS
  --keep-rules          leave Firestore's rules as they are, as npm run provision -- --help tells
  --dry-run             print the script that it would run, and change nothing
  --help                this text

Variables of Strata that are set (STRATA_…) go to every function.
`;

export type Asked =
  | { readonly wants: 'help' }
  | { readonly wants: 'script' | 'deploy'; readonly deployment: Deployment };

type Env = Readonly<Record<string, string | undefined>>;

/** @throws AppError `invalid-argument` with one line that says what is missing or wrong. */
export function parseDeployArguments(argv: readonly string[], env: Env): Asked {
  const values = read(argv);
  if (values.help) return { wants: 'help' };
  const invokers = values.invoker ?? [];
  const stranger = invokers.find((one) => !/^serviceAccount:[^@\s]+@[^@\s]+$/.test(one));
  if (stranger) throw wrong(`--invoker takes serviceAccount:NAME@…, not "${stranger}"`);
  return {
    wants: values['dry-run'] ? 'script' : 'deploy',
    deployment: {
      place: placeFrom(values, env['STRATA_FIRESTORE_DATABASE']),
      redisGib: gibOf(values['redis-gib']),
      invokers,
      isPublic: publicOr(values.public ?? false, env),
      keepsRules: values['keep-rules'] ?? false,
      env: variablesFor(env, invokers),
    },
  };
}

function read(argv: readonly string[]): PlaceArguments & {
  readonly help?: boolean;
  readonly 'dry-run'?: boolean;
  readonly 'redis-gib'?: string;
  readonly invoker?: string[];
  readonly public?: boolean;
  readonly 'keep-rules'?: boolean;
} {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...argv],
      options: {
        ...{ project: text, region: text, database: text, 'time-zone': text, 'redis-gib': text },
        invoker: { ...text, multiple: true },
        ...{ 'dry-run': flag, public: flag, 'keep-rules': flag },
        help: { ...flag, short: 'h' },
      },
    }).values;
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error));
  }
}

function publicOr(isPublic: boolean, env: Env): boolean {
  if (isPublic && !env['STRATA_USER_ISSUERS']?.trim())
    throw wrong('--public needs STRATA_USER_ISSUERS: else nobody who gets in could say who he is');
  return isPublic;
}

const MAX_GIB = 300;

function gibOf(text = '1'): number {
  const gib = Number(text);
  if (/^\d+$/.test(text) && gib <= MAX_GIB) return gib;
  throw wrong(`--redis-gib is a whole number from 0 to ${MAX_GIB}, not "${text}"`);
}

/** What is Strata's in the environment, but for what holds on this machine alone. */
function variablesFor(env: Env, invokers: readonly string[]): Record<string, string> {
  const own = Object.entries(env).flatMap(([name, value]) =>
    name.startsWith('STRATA_') && !LOCAL.test(name) && value?.trim() ? [[name, value.trim()]] : [],
  );
  const named = invokers.map((one) => one.slice('serviceAccount:'.length));
  const known = env['STRATA_SERVICE_ACCOUNTS']?.split(',') ?? [];
  const services = [...new Set([...known, ...named].map((one) => one.trim()).filter(Boolean))];
  return {
    ...Object.fromEntries(own),
    ...(services.length > 0 && { STRATA_SERVICE_ACCOUNTS: services.join(',') }),
  };
}

// A key in a variable would stand in every function's settings: deployed ones read theirs as a secret.
const LOCAL =
  /^STRATA_(TEST_|CURSOR_KEY$|DATA_DIR$|HOST$|STORE$|BUS$|TRUST_IAM$|FIRESTORE_DATABASE$)/;

const wrong = (what: string) => new AppError('invalid-argument', what);
