import {
  FUNCTIONS,
  type FunctionName,
  JOBS,
  SUBSCRIPTIONS,
  TOPICS,
} from '../../shared/topology.ts';
import { accountEmail, CALLERS, functionUrl, type Place } from '../provision/place.ts';
import { accountOf, RIGHTS } from './accounts.ts';
import { type Command, gcloud } from './command.ts';
import { SETTINGS } from './function-settings.ts';
import { REDIS_SECRETS, REDIS_WAY, redis } from './redis.ts';
import { makeSecret, mayReadSecret } from './secrets.ts';

/** What the user chooses. */
export interface Deployment {
  readonly place: Place;
  /** Memory of the Redis in GiB; 0: none, heads come from Firestore. */
  readonly redisGib: number;
  /** Members that may call the functions for agents, for example `serviceAccount:agent@…`. */
  readonly invokers: readonly string[];
  /** The functions for agents are open to everybody, who then needs a token of `STRATA_USER_ISSUERS`. */
  readonly isPublic: boolean;
  /** Firestore's rules stay as they are. */
  readonly keepsRules: boolean;
  /** Variables of Strata for every function. */
  readonly env: Readonly<Record<string, string>>;
}

const APIS = [
  'cloudresourcemanager',
  'run',
  'cloudfunctions',
  'cloudbuild',
  'artifactregistry',
  'firestore',
  'pubsub',
  'cloudscheduler',
  'firebaserules',
  'monitoring',
  'aiplatform',
  'secretmanager',
];
const REDIS_APIS = ['redis', 'vpcaccess'];

/** Where the bundles are that `npm run bundle` makes. */
export const BUNDLES = '.bundles';

/** What agents and end users call; the rest is called by the system itself. */
const FOR_AGENTS: readonly FunctionName[] = ['write-items', 'read-items', 'erase-user'];

const CURSOR_SECRET = 'strata-cursor-key';
/** Gives cursors out and takes them. */
const SIGNS_CURSORS: FunctionName = 'read-items';

/**
 * Every command of a deployment, in order. Each can be run again: what is there is left, or set to
 * the same.
 */
export function deployCommands(deployment: Deployment): readonly Command[] {
  const { place, redisGib } = deployment;
  const ofProject = [`--project=${place.projectId}`];
  const hasRedis = redisGib > 0;
  const apis = [...APIS, ...(hasRedis ? REDIS_APIS : [])].map((api) => `${api}.googleapis.com`);
  return [
    gcloud('Enable the APIs', ['services', 'enable', ...apis, ...ofProject]),
    gcloud(
      'Ask for the number of the project',
      ['projects', 'describe', place.projectId, '--format=value(projectNumber)'],
      { into: 'PROJECT_NUMBER' },
    ),
    gcloud(
      'Make the Firestore database',
      [
        ...['firestore', 'databases', 'create', `--database=${place.database}`],
        ...[`--location=${place.region}`, '--type=firestore-native', ...ofProject],
      ],
      {
        unless: [
          ...['firestore', 'databases', 'describe', `--database=${place.database}`],
          ...ofProject,
        ],
      },
    ),
    ...accounts(place),
    ...cursorKey(place),
    ...(hasRedis ? redis(place, redisGib) : []),
    { program: 'npm', title: 'Bundle the functions', argv: ['run', 'bundle'] },
    ...FUNCTIONS.map((name) => deployFunction(name, deployment)),
    ...callers(deployment),
    {
      program: 'npm',
      title: 'Make rules, indexes, topics, subscriptions, schedules and alerts',
      argv: [
        ...['run', 'provision', '--', '--project', place.projectId, '--region', place.region],
        ...['--database', place.database, '--time-zone', place.timeZone],
        ...(deployment.keepsRules ? ['--keep-rules'] : []),
      ],
    },
    ...deadLetterRights(place),
  ];
}

/** One account for each function with its rights, and the two that call functions. */
function accounts(place: Place): Command[] {
  const ofProject = [`--project=${place.projectId}`];
  const names = [...FUNCTIONS.map(accountOf), ...Object.values(CALLERS)];
  return [
    ...names.map((name) =>
      gcloud(
        `Make the service account ${name}`,
        ['iam', 'service-accounts', 'create', name, ...ofProject],
        {
          unless: [
            ...['iam', 'service-accounts', 'describe', accountEmail(place, name)],
            ...ofProject,
          ],
        },
      ),
    ),
    ...FUNCTIONS.flatMap((name) =>
      RIGHTS[name].map(({ role, why }) =>
        gcloud(`Let ${name} do its work: it ${why}`, [
          ...['projects', 'add-iam-policy-binding', place.projectId],
          `--member=serviceAccount:${accountEmail(place, accountOf(name))}`,
          ...[`--role=${role}`, '--condition=None'],
        ]),
      ),
    ),
  ];
}

/** What cursors are signed with: made once; a new version of the secret replaces it. */
function cursorKey(place: Place): Command[] {
  const ofProject = [`--project=${place.projectId}`];
  return [
    makeSecret(CURSOR_SECRET, 'the key of cursors', place),
    {
      program: 'node',
      title: 'Make a key',
      argv: ['-p', "crypto.randomBytes(32).toString('base64url')"],
      into: 'CURSOR_KEY',
    },
    gcloud(
      'Keep the key in the secret',
      ['secrets', 'versions', 'add', CURSOR_SECRET, '--data-file=-', ...ofProject],
      {
        input: `\${CURSOR_KEY}`,
        unless: [
          'secrets',
          'versions',
          'describe',
          'latest',
          `--secret=${CURSOR_SECRET}`,
          ...ofProject,
        ],
      },
    ),
    mayReadSecret(SIGNS_CURSORS, CURSOR_SECRET, place),
  ];
}

function deployFunction(name: FunctionName, deployment: Deployment): Command {
  const { place, redisGib } = deployment;
  const { memoryMib, concurrency, maxInstances, timeoutSeconds, ingress } = SETTINGS[name];
  const isOpen = deployment.isPublic && FOR_AGENTS.includes(name);
  const env = Object.entries(envOf(name, deployment)).map((pair) => pair.join('='));
  return gcloud(`Deploy ${name}`, [
    ...['functions', 'deploy', name, '--gen2', '--runtime=nodejs24'],
    ...[`--source=${BUNDLES}/${name}`, `--entry-point=${name}`, '--trigger-http'],
    isOpen ? '--allow-unauthenticated' : '--no-allow-unauthenticated',
    `--ingress-settings=${ingress}`,
    `--service-account=${accountEmail(place, accountOf(name))}`,
    ...[`--memory=${memoryMib}Mi`, '--cpu=1', `--concurrency=${concurrency}`],
    ...['--min-instances=0', `--max-instances=${maxInstances}`, `--timeout=${timeoutSeconds}s`],
    // Values hold commas: another character separates them (gcloud topic escaping).
    `--set-env-vars=^##^${env.join('##')}`,
    ...secretsOf(name, deployment),
    ...(redisGib > 0 ? [REDIS_WAY] : []),
    ...[`--region=${place.region}`, `--project=${place.projectId}`, '--quiet'],
  ]);
}

function secretsOf(name: FunctionName, { redisGib }: Deployment): string[] {
  const secrets = [
    ...(redisGib > 0 ? REDIS_SECRETS : []),
    ...(name === SIGNS_CURSORS ? [`STRATA_CURSOR_KEY=${CURSOR_SECRET}:latest`] : []),
  ];
  return secrets.length > 0 ? [`--set-secrets=${secrets.join(',')}`] : [];
}

function envOf(
  name: FunctionName,
  { place, env, isPublic }: Deployment,
): Readonly<Record<string, string>> {
  const isOpen = isPublic && FOR_AGENTS.includes(name);
  return {
    GOOGLE_CLOUD_PROJECT: place.projectId,
    ...(place.database !== '(default)' && { STRATA_FIRESTORE_DATABASE: place.database }),
    // Where nobody gets in without IAM it has checked every token that arrives; where everybody does,
    // anybody could write one that looks checked, so its signature has to be there.
    ...(isOpen
      ? { STRATA_SERVICE_AUDIENCE: functionUrl(place, name) }
      : { STRATA_TRUST_IAM: 'true' }),
    STRATA_SCHEDULER_ACCOUNTS: accountEmail(place, CALLERS.scheduler),
    STRATA_PUBSUB_ACCOUNTS: accountEmail(place, CALLERS.pubsub),
    ...env,
  };
}

/** Who may call which function. */
function callers({ place, invokers }: Deployment): Command[] {
  const allow = (name: FunctionName, member: string): Command =>
    gcloud(`Let ${member.split(':')[1]?.split('@')[0]} call ${name}`, [
      ...['functions', 'add-invoker-policy-binding', name, `--member=${member}`],
      ...[`--region=${place.region}`, `--project=${place.projectId}`],
    ]);
  const account = (name: string) => `serviceAccount:${accountEmail(place, name)}`;
  return [
    ...SUBSCRIPTIONS.map(({ target }) => allow(target, account(CALLERS.pubsub))),
    ...JOBS.map(({ target }) => allow(target, account(CALLERS.scheduler))),
    ...invokers.flatMap((member) => FOR_AGENTS.map((name) => allow(name, member))),
  ];
}

/** Pub/Sub forwards what nobody could handle with an account of its own. */
function deadLetterRights({ projectId }: Place): Command[] {
  const member = `--member=serviceAccount:service-\${PROJECT_NUMBER}@gcp-sa-pubsub.iam.gserviceaccount.com`;
  const ofProject = [`--project=${projectId}`];
  return [
    gcloud('Let Pub/Sub publish dead letters', [
      ...['pubsub', 'topics', 'add-iam-policy-binding', TOPICS.deadLetter, member],
      ...['--role=roles/pubsub.publisher', ...ofProject],
    ]),
    ...SUBSCRIPTIONS.filter(({ isForwarded }) => isForwarded).map(({ target }) =>
      gcloud(`Let Pub/Sub take dead letters from ${target}`, [
        ...['pubsub', 'subscriptions', 'add-iam-policy-binding', target, member],
        ...['--role=roles/pubsub.subscriber', ...ofProject],
      ]),
    ),
  ];
}
