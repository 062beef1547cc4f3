import { FUNCTIONS } from '../../shared/topology.ts';
import type { Place } from '../provision/place.ts';
import { type Command, gcloud } from './command.ts';
import { keepSecret, makeSecret, mayReadSecret } from './secrets.ts';

const ADDRESS_SECRET = 'strata-redis-url';
const CA_SECRET = 'strata-redis-ca';
const CONNECTOR = 'strata';

/** What a function needs to reach the Redis: its address with the password, and who signs for it. */
export const REDIS_SECRETS = [
  `REDIS_URL=${ADDRESS_SECRET}:latest`,
  `STRATA_REDIS_CA=${CA_SECRET}:latest`,
];
export const REDIS_WAY = `--vpc-connector=${CONNECTOR}`;

/**
 * Memorystore with a password and encrypted on its way, and the way to it. It has an authority of its
 * own, and two while one replaces the other: run again, the functions get both.
 */
export function redis(place: Place, gib: number): Command[] {
  const ofRegion = [`--region=${place.region}`, `--project=${place.projectId}`];
  const describe = ['redis', 'instances', 'describe', 'strata', ...ofRegion];
  const connectors = ['compute', 'networks', 'vpc-access', 'connectors'];
  return [
    gcloud(
      'Make the Redis (some minutes)',
      [
        ...['redis', 'instances', 'create', 'strata', `--size=${gib}`, '--tier=basic'],
        ...['--redis-version=redis_7_2', '--redis-config=maxmemory-policy=allkeys-lru'],
        ...['--enable-auth', '--transit-encryption-mode=server-authentication'],
        ...['--network=default', ...ofRegion],
      ],
      { unless: describe },
    ),
    gcloud('Ask for its address', [...describe, '--format=value(host)'], { into: 'REDIS_HOST' }),
    gcloud('Ask for its port', [...describe, '--format=value(port)'], { into: 'REDIS_PORT' }),
    gcloud('Ask who signs for it', [...describe, '--format=value(serverCaCerts[].cert)'], {
      into: 'REDIS_CA',
    }),
    gcloud(
      'Ask for its password',
      [
        ...['redis', 'instances', 'get-auth-string', 'strata'],
        ...['--format=value(authString)', ...ofRegion],
      ],
      { into: 'REDIS_AUTH' },
    ),
    makeSecret(ADDRESS_SECRET, 'its address', place),
    keepSecret(ADDRESS_SECRET, {
      what: 'its address',
      input: `rediss://:\${REDIS_AUTH}@\${REDIS_HOST}:\${REDIS_PORT}`,
      place,
    }),
    makeSecret(CA_SECRET, 'its authority', place),
    keepSecret(CA_SECRET, { what: 'its authority', input: `\${REDIS_CA}`, place }),
    ...FUNCTIONS.flatMap((name) =>
      [ADDRESS_SECRET, CA_SECRET].map((secret) => mayReadSecret(name, secret, place)),
    ),
    gcloud(
      'Make the way from the functions into the network (some minutes)',
      [
        ...[...connectors, 'create', CONNECTOR],
        ...['--network=default', '--range=10.8.0.0/28', ...ofRegion],
      ],
      { unless: [...connectors, 'describe', CONNECTOR, ...ofRegion] },
    ),
  ];
}
