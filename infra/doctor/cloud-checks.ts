import type { StrataOptions } from '../../shared/options.ts';
import { DEAD_LETTER_SUBSCRIPTION, FUNCTIONS, type FunctionName } from '../../shared/topology.ts';
import type { Clients } from '../provision/clients.ts';
import { desiredState } from '../provision/desired-state.ts';
import { functionUrl, type Place, placeArguments } from '../provision/place.ts';
import { planApply } from '../provision/plan.ts';
import type { Resource } from '../provision/resource.ts';
import { type Check, type Finding, fault, warning, well } from './check.ts';
import { indexFinding } from './index-check.ts';
import { memorystoreFinding } from './memorystore-check.ts';
import { rightsFinding } from './rights-check.ts';
import { clockFinding } from './server-checks.ts';

interface Cloud {
  readonly clients: Clients;
  readonly place: Place;
  readonly options: StrataOptions;
  /** Where a function is; default: the address that Cloud Functions gives. */
  readonly urlOf?: (name: FunctionName) => string;
}

const LETTERS = 100;

/** What a deployed installation stands on. */
export function cloudChecks({ clients, place, options, urlOf }: Cloud): readonly Check[] {
  const at = urlOf ?? ((name: FunctionName) => functionUrl(place, name));
  return [
    { name: 'Provisioning', run: () => planFinding({ clients, place, options }) },
    { name: 'Firestore rules', run: () => rulesFinding({ clients, place, options }) },
    { name: 'Firestore indexes', run: () => indexFinding(clients, place) },
    { name: 'Rights', run: () => rightsFinding(clients, place) },
    { name: 'Redis', run: () => memorystoreFinding(clients, place) },
    { name: 'Clock', run: () => clockFinding(at('read-items')) },
    ...FUNCTIONS.map((name) => ({
      name: `Function ${name}`,
      run: () => functionFinding(name, at(name), place),
    })),
    { name: 'Dead letters', run: () => letterFinding({ clients, place, options }) },
  ];
}

async function planFinding({ clients, place, options }: Cloud): Promise<Finding> {
  const all = desiredState(clients, place, options).filter((one) => !isRules(one));
  const plan = await planApply(all);
  const open = plan.filter(({ status }) => status !== 'keep');
  if (open.length === 0) return well(`${plan.length} resources as they should be`);
  const names = open.slice(0, 3).map(({ resource }) => `${resource.kind} ${resource.name}`);
  const more = open.length > names.length ? ` and ${open.length - names.length} more` : '';
  return fault(
    `${names.join(', ')}${more} not as they should be`,
    `npm run provision -- ${placeArguments(place)}`,
  );
}

const isRules = ({ api }: Resource): boolean => api === 'firebaserules';

/** Whether clients with Firebase's SDKs are kept out of the database. */
async function rulesFinding({ clients, place, options }: Cloud): Promise<Finding> {
  const [step] = await planApply(desiredState(clients, place, options).filter(isRules));
  switch (step?.status) {
    case 'keep':
      return well('let clients to nothing');
    case 'refuse':
      return warning(
        'are not ours',
        `See that they let clients to nothing that Strata keeps, or take a database of its own (--database): gcloud firestore databases list --project ${place.projectId}`,
      );
    default:
      return fault(
        step?.status === 'create' ? 'were never released' : 'are not those of this version',
        `npm run provision -- ${placeArguments(place)}`,
      );
  }
}

/** Called without a token: who is let in then, is everybody. */
async function functionFinding(name: FunctionName, url: string, place: Place): Promise<Finding> {
  const deploy = `npm run deploy -- ${placeArguments(place)}`;
  const response = await fetch(url, { method: 'OPTIONS' }).catch(() => undefined);
  await response?.arrayBuffer();
  if (!response) return fault(`nothing answers at ${url}`, deploy);
  if (response.status === 401 || response.status === 403) return well('private');
  if (response.status === 404) return fault(`there is none at ${url}`, deploy);
  return fault(
    `is open: it answered ${response.status} to a call without a token`,
    `With STRATA_TRUST_IAM anybody can pass for anybody: gcloud functions remove-invoker-policy-binding ${name} --member=allUsers --region=${place.region} --project=${place.projectId}`,
  );
}

async function letterFinding({ clients, place }: Cloud): Promise<Finding> {
  const subscription = `projects/${place.projectId}/subscriptions/${DEAD_LETTER_SUBSCRIPTION.name}`;
  const [{ receivedMessages }] = await clients.subscriber.pull({
    subscription,
    maxMessages: LETTERS,
    returnImmediately: true,
  });
  const ackIds = (receivedMessages ?? []).flatMap(({ ackId }) => ackId ?? []);
  if (ackIds.length === 0) return well('none');
  // Only looked at: they are there for the next one at once.
  await clients.subscriber.modifyAckDeadline({ subscription, ackIds, ackDeadlineSeconds: 0 });
  return warning(
    `${ackIds.length === LETTERS ? `${LETTERS} or more` : ackIds.length} messages were given up`,
    `Look at their reasons: gcloud pubsub subscriptions pull ${DEAD_LETTER_SUBSCRIPTION.name} --project ${place.projectId} --limit 10`,
  );
}
