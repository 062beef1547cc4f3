import type { StrataOptions } from '../../shared/options.ts';
import { DEAD_LETTER_SUBSCRIPTION, FUNCTIONS, type FunctionName } from '../../shared/topology.ts';
import type { Clients } from '../provision/clients.ts';
import { desiredState } from '../provision/desired-state.ts';
import { functionUrl, type Place } from '../provision/place.ts';
import { planApply } from '../provision/plan.ts';
import { type Check, type Finding, fault, warning, well } from './check.ts';

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
    ...FUNCTIONS.map((name) => ({
      name: `Function ${name}`,
      run: () => functionFinding(at(name), place),
    })),
    { name: 'Dead letters', run: () => letterFinding({ clients, place, options }) },
  ];
}

async function planFinding({ clients, place, options }: Cloud): Promise<Finding> {
  const plan = await planApply(desiredState(clients, place, options));
  const open = plan.filter(({ status }) => status !== 'keep');
  if (open.length === 0) return well(`${plan.length} resources as they should be`);
  const names = open.slice(0, 3).map(({ resource }) => `${resource.kind} ${resource.name}`);
  const more = open.length > names.length ? ` and ${open.length - names.length} more` : '';
  return fault(
    `${names.join(', ')}${more} not as they should be`,
    `npm run provision -- --project ${place.projectId} --region ${place.region}`,
  );
}

/** Called without a token: who is let in then, is everybody. */
async function functionFinding(url: string, { projectId, region }: Place): Promise<Finding> {
  const deploy = `npm run deploy -- --project ${projectId} --region ${region}`;
  const response = await fetch(url, { method: 'OPTIONS' }).catch(() => undefined);
  await response?.arrayBuffer();
  if (!response) return fault(`nothing answers at ${url}`, deploy);
  if (response.status === 401 || response.status === 403) return well('private');
  if (response.status === 404) return fault(`there is none at ${url}`, deploy);
  return fault(
    `is open: it answered ${response.status} to a call without a token`,
    'With STRATA_TRUST_IAM anybody can pass for anybody: gcloud functions remove-invoker-policy-binding … --member=allUsers',
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
