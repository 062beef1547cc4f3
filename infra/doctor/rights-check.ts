import { FUNCTIONS } from '../../shared/topology.ts';
import { accountOf, RIGHTS } from '../deploy/accounts.ts';
import { callWith } from '../provision/authorized-call.ts';
import type { Clients } from '../provision/clients.ts';
import { accountEmail, type Place } from '../provision/place.ts';
import { type Finding, fault, warning, well } from './check.ts';

interface Policy {
  readonly bindings?: readonly {
    readonly role: string;
    readonly members?: readonly string[];
    readonly condition?: unknown;
  }[];
}

/** Whether every function's account has the roles of its table, and nothing that lets it do everything. */
export async function rightsFinding(
  { requests, hostOf }: Pick<Clients, 'requests' | 'hostOf'>,
  place: Place,
): Promise<Finding> {
  const url = `${hostOf('cloudresourcemanager')}/v1/projects/${place.projectId}:getIamPolicy`;
  const { bindings = [] } = await callWith(requests)<Policy>('POST', url, {});
  const memberOf = (account: string) => `serviceAccount:${accountEmail(place, account)}`;
  const has = (account: string, role: string) =>
    bindings.some((one) => one.role === role && one.members?.includes(memberOf(account)));
  const wanted = FUNCTIONS.flatMap((name) =>
    RIGHTS[name].map(({ role }) => ({ account: accountOf(name), role })),
  );
  const [missing, ...more] = wanted.filter(({ account, role }) => !has(account, role));
  if (missing)
    return fault(
      `${missing.account} has not ${missing.role}${more.length > 0 ? `, and ${more.length} more are missing` : ''}`,
      `Run npm run deploy again, or give it: gcloud projects add-iam-policy-binding ${place.projectId} --member=${memberOf(missing.account)} --role=${missing.role} --condition=None`,
    );
  const wide = FUNCTIONS.map(accountOf).flatMap((account) =>
    ALL.filter((role) => has(account, role)).map((role) => ({ account, role })),
  );
  const [first] = wide;
  if (first)
    return warning(
      `${first.account} has ${first.role}, which is more than it needs`,
      `Take it away: gcloud projects remove-iam-policy-binding ${place.projectId} --member=${memberOf(first.account)} --role=${first.role} --condition=None`,
    );
  return well(`${wanted.length} roles of ${FUNCTIONS.length} accounts`);
}

const ALL = ['roles/owner', 'roles/editor'];
