import { parseArgs } from 'node:util';
import { AppError } from '../../shared/kernel/app-error.ts';
import { MAY_USE, ROLES } from './cloud-error.ts';
import type { Place } from './place.ts';

export const HELP = `Usage: npm run provision -- --project <id> --region <name> [options]

Makes what has to be there in a Google Cloud project beside the functions themselves: Firestore's rules,
indexes and lifetimes, topics, ordered push subscriptions with dead letters, schedules, metrics, alert
policies and a dashboard. It shows what it will do, changes only what is different, can be run again at
any time, and touches nothing that it did not make.

Options
  --project <id>        the Google Cloud project
  --region <name>       where the functions and the schedules are, for example europe-west1
  --database <name>     the Firestore database (default: STRATA_FIRESTORE_DATABASE, else (default))
  --time-zone <name>    time zone of the schedules (default: Etc/UTC)
  --keep-rules          leave Firestore's rules as they are: others of yours are there, and let clients
                        with Firebase's SDKs to nothing that Strata keeps
  --dry-run             show the plan and change nothing
  --destroy             remove what provisioning made; data, and what others made, stays
  --yes                 do not ask before removing
  --help                this text

Credentials are those of your environment: gcloud auth application-default login. They need
${[...Object.values(ROLES), MAY_USE].map((role) => `  ${role}`).join('\n')}
or roles/owner.
Intervals come from STRATA_TIER_MIGRATION_INTERVAL and STRATA_PROFILING_INTERVAL, in seconds.
`;

/** What the command line asks for. */
export type Asked =
  | { readonly wants: 'help' }
  | {
      readonly wants: 'apply' | 'destroy';
      readonly place: Place;
      readonly isDryRun: boolean;
      readonly isSure: boolean;
      readonly keepsRules: boolean;
    };

/** Project ids: https://cloud.google.com/resource-manager/docs/creating-managing-projects. */
const PROJECT = /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/;
const REGION = /^[a-z]+-[a-z]+\d+$/;

/** @throws AppError `invalid-argument` with one line that says what is missing or wrong. */
export function parseProvisionArguments(argv: readonly string[], database?: string): Asked {
  const { values } = read(argv);
  if (values.help) return { wants: 'help' };
  return {
    wants: values.destroy ? 'destroy' : 'apply',
    place: placeFrom(values, database),
    isDryRun: values['dry-run'] ?? false,
    isSure: values.yes ?? false,
    keepsRules: values['keep-rules'] ?? false,
  };
}

/** The options that say where. */
export interface PlaceArguments {
  readonly project?: string;
  readonly region?: string;
  readonly database?: string;
  readonly 'time-zone'?: string;
}

/** @throws AppError `invalid-argument` with one line that says what is missing or wrong. */
export const placeFrom = (values: PlaceArguments, database = '(default)'): Place => ({
  projectId: required('project', values.project, PROJECT),
  region: required('region', values.region, REGION),
  database: values.database ?? database,
  timeZone: zoneOf(values['time-zone']),
});

function read(argv: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...argv],
      options: {
        ...{ project: text, region: text, database: text, 'time-zone': text },
        ...{ 'dry-run': flag, destroy: flag, yes: flag, 'keep-rules': flag },
        help: { ...flag, short: 'h' },
      },
    });
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error));
  }
}

function required(name: string, value: string | undefined, pattern: RegExp): string {
  if (value === undefined) throw wrong(`--${name} is missing`);
  if (!pattern.test(value)) throw wrong(`--${name} cannot be "${value}"`);
  return value;
}

function zoneOf(name = 'Etc/UTC'): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name;
  } catch {
    throw wrong(`--time-zone does not know "${name}"; name one like Europe/Berlin`);
  }
}

const wrong = (what: string) => new AppError('invalid-argument', what);
