import { callWith } from '../provision/authorized-call.ts';
import type { Clients } from '../provision/clients.ts';
import { isDisabled } from '../provision/cloud-error.ts';
import { ifThere } from '../provision/if-there.ts';
import type { Place } from '../provision/place.ts';
import { type Finding, warning, well } from './check.ts';

/** Memorystore's own (https://cloud.google.com/memorystore/docs/redis/supported-redis-configurations). */
const DEFAULT_POLICY = 'volatile-lru';

interface Instance {
  readonly state?: string;
  readonly redisVersion?: string;
  readonly redisConfigs?: Readonly<Record<string, string>>;
}

/** The Redis of a deployment, as its service sees it: from outside its network nobody reaches it. */
export async function memorystoreFinding(
  { requests, hostOf }: Pick<Clients, 'requests' | 'hostOf'>,
  { projectId, region }: Place,
): Promise<Finding> {
  const url = `${hostOf('redis')}/v1/projects/${projectId}/locations/${region}/instances/strata`;
  const found = await ifThere(() => callWith(requests)<Instance>('GET', url)).catch(ifNotEnabled);
  if (!found) return well('none: heads come from Firestore');
  const { state = 'unknown', redisVersion = 'Redis', redisConfigs = {} } = found;
  if (state !== 'READY')
    return warning(
      `${redisVersion} is ${state}: functions do without, slower`,
      `Look at it: gcloud redis instances describe strata --region=${region} --project=${projectId}`,
    );
  const policy = redisConfigs['maxmemory-policy'] ?? DEFAULT_POLICY;
  if (policy === 'noeviction')
    return warning(
      `${redisVersion} evicts nothing`,
      `Let it evict: gcloud redis instances update strata --update-redis-config=maxmemory-policy=allkeys-lru --region=${region} --project=${projectId}`,
    );
  return well(`${redisVersion}, ${policy}`);
}

/** Where nobody asked for a Redis its API is not enabled. */
function ifNotEnabled(error: unknown): undefined {
  if (isDisabled(String(error))) return undefined;
  throw error;
}
