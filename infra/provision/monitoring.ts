import { readdirSync, readFileSync } from 'node:fs';
import { descriptorOf } from '../../shared/adapters/monitoring/descriptors.ts';
import { TYPE_PREFIX } from '../../shared/adapters/monitoring/metric-type.ts';
import { ALL_METRICS } from '../../shared/domain/metrics/catalogue.ts';
import { isJsonObject, type JsonObject } from '../../shared/kernel/json.ts';
import type { AuthorizedRequests } from './authorized-call.ts';
import { jsonResource } from './json-resource.ts';
import { isLabelled, LABELS, type Place } from './place.ts';
import type { Resource } from './resource.ts';

const SOURCE = new URL('../monitoring/', import.meta.url);

/** Metric descriptors, alert policies and the dashboard of `infra/monitoring`. */
export function monitoring(
  client: AuthorizedRequests,
  place: Place,
  host: string,
): readonly Resource[] {
  const project = `projects/${place.projectId}`;
  return [
    ...ALL_METRICS.map((metric) =>
      descriptor(client, `${host}/v3/${project}`, descriptorOf(metric)),
    ),
    ...readdirSync(new URL('alert-policies/', SOURCE))
      .sort()
      .map((file) =>
        alertPolicy(client, `${host}/v3/${project}`, jsonOf(`alert-policies/${file}`)),
      ),
    dashboard(client, `${host}/v1/${project}`, jsonOf('dashboard.json')),
  ];
}

// What stands in the files was checked against the API's own types by their test.
const jsonOf = (path: string): JsonObject =>
  JSON.parse(readFileSync(new URL(path, SOURCE), 'utf8'));

const descriptor = (
  client: AuthorizedRequests,
  parent: string,
  wanted: ReturnType<typeof descriptorOf>,
): Resource =>
  jsonResource(client, {
    api: 'monitoring',
    kind: 'metric',
    name: wanted.type,
    collection: `${parent}/metricDescriptors`,
    listed: 'metricDescriptors',
    wanted: JSON.parse(JSON.stringify(wanted)),
    isIt: ({ type }) => type === wanted.type,
    isOurs: ({ type }) => String(type).startsWith(TYPE_PREFIX),
    fixed: ['metricKind', 'valueType'],
    kept: 'holds the figures of the past',
    updatedBy: 'create',
  });

const labelsOf = (labels: unknown): Record<string, string> =>
  isJsonObject(labels) ? (labels as Record<string, string>) : {};

function alertPolicy(client: AuthorizedRequests, parent: string, policy: JsonObject): Resource {
  const name = String(policy['displayName']);
  return jsonResource(client, {
    api: 'monitoring',
    kind: 'alert policy',
    name,
    collection: `${parent}/alertPolicies`,
    listed: 'alertPolicies',
    wanted: { ...policy, userLabels: { ...labelsOf(policy['userLabels']), ...LABELS } },
    isIt: ({ displayName }) => displayName === name,
    isOurs: ({ userLabels }) => isLabelled(labelsOf(userLabels)),
  });
}

function dashboard(client: AuthorizedRequests, parent: string, wanted: JsonObject): Resource {
  const name = String(wanted['displayName']);
  return jsonResource(client, {
    api: 'monitoring',
    kind: 'dashboard',
    name,
    collection: `${parent}/dashboards`,
    listed: 'dashboards',
    wanted: { ...wanted, labels: { 'managed-by-strata': '' } },
    isIt: ({ displayName }) => displayName === name,
    // A dashboard's labels have no values that count (google/monitoring/dashboard/v1).
    isOurs: ({ labels }) => 'managed-by-strata' in labelsOf(labels),
  });
}
