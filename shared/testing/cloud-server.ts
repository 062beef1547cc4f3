import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isJsonObject, type JsonObject } from '../kernel/json.ts';

/** An error as the API says it. */
export interface CloudRefusal {
  readonly status: 400 | 401 | 403 | 404 | 409 | 429 | 503;
  readonly message: string;
  /** It was done all the same: the answer to it is lost. */
  readonly isDone?: boolean;
}

/** A request that came in. */
export interface CloudCall {
  readonly method: string;
  readonly path: string;
}

/**
 * Keeps state as Cloud Scheduler, the Firestore Admin API, Cloud Monitoring and Firebase Rules do over
 * REST, on loopback: NOT_FOUND, ALREADY_EXISTS, update masks, generated names, and what a test makes it
 * refuse.
 */
export interface CloudServer {
  readonly port: number;
  /** What is there, by full name. */
  readonly resources: ReadonlyMap<string, JsonObject>;
  /** Every call so far but reads. */
  readonly writes: readonly CloudCall[];
  put(name: string, resource: JsonObject): void;
  /** Asked before every call. */
  refuse(rule: (call: CloudCall) => CloudRefusal | undefined): void;
  close(): Promise<void>;
}

const STATUS = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ALREADY_EXISTS',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
} as const;

type Reply = { readonly status: 200 | CloudRefusal['status']; readonly body: JsonObject };
const ok = (body: JsonObject): Reply => ({ status: 200, body });
const refused = ({ status, message }: CloudRefusal): Reply => ({
  status,
  body: { error: { code: status, message, status: STATUS[status] } },
});
const notFound = refused({ status: 404, message: 'Resource not found' });

export async function startCloudServer(): Promise<CloudServer> {
  const resources = new Map<string, JsonObject>();
  const writes: CloudCall[] = [];
  let rule: (call: CloudCall) => CloudRefusal | undefined = () => undefined;
  const server = createServer((req, res) => {
    void bodyOf(req).then((body) => {
      const url = new URL(req.url ?? '/', 'http://localhost');
      const path = decodeURIComponent(url.pathname).replace(/^\/v[13]\//, '');
      const call = { method: req.method ?? 'GET', path };
      if (call.method !== 'GET' && !isAsking(path)) writes.push(call);
      const hasQuota = req.headers['x-goog-user-project'] !== undefined;
      const refusal = rule(call) ?? (hasQuota ? undefined : faultWithoutQuota(path));
      const mask = url.searchParams.get('updateMask')?.split(',').map(camelCase) ?? [];
      const done = () => answer(resources, call, { body, mask });
      if (refusal?.isDone) done();
      const reply = refusal ? refused(refusal) : done();
      res.writeHead(reply.status, { 'content-type': 'application/json' });
      res.end(JSON.stringify(reply.body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    // A server that listens on a port has an address of this kind.
    port: (server.address() as AddressInfo).port,
    resources,
    writes,
    put: (name, resource) => void resources.set(name, { ...resource, name }),
    refuse(next) {
      rule = next;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Firebase Rules asks a person's credentials for the project whose quota counts. */
const faultWithoutQuota = (path: string): CloudRefusal | undefined =>
  /\/(rulesets|releases)(\/|$)/.test(path)
    ? { status: 403, message: 'The firebaserules.googleapis.com API requires a quota project.' }
    : undefined;

/** Rights are asked for by POST. */
const isAsking = (path: string): boolean => path.endsWith(':getIamPolicy');

interface Sent {
  readonly body: JsonObject;
  readonly mask: readonly string[];
}

function answer(
  resources: Map<string, JsonObject>,
  { method, path }: CloudCall,
  { body, mask }: Sent,
): Reply {
  const collection = /\/(jobs|indexes|metricDescriptors|alertPolicies|dashboards)$/.exec(path)?.[1];
  const there = resources.get(path);
  if (method === 'GET' && collection)
    return ok({
      [collection]: [...resources].flatMap(([name, one]) =>
        name.startsWith(`${path}/`) ? [one] : [],
      ),
    });
  if (method === 'GET')
    return there ? ok(there) : isField(path) ? ok(defaultField(path)) : notFound;
  if (isAsking(path)) return ok(there ?? {});
  if (method === 'POST') return create(resources, path, body);
  if (method === 'PATCH') {
    if (!there && !isField(path)) return notFound;
    const sent = isJsonObject(body['release']) ? body['release'] : body;
    // Without a mask everything that was sent is set.
    const isSent = ([field]: [string, unknown]) => mask.length === 0 || mask.includes(field);
    const changed = Object.entries(sent).filter(isSent);
    resources.set(path, { name: path, ...there, ...Object.fromEntries(changed) });
    return isField(path) ? operation(path) : ok(resources.get(path) ?? {});
  }
  return resources.delete(path) ? ok({}) : notFound;
}

function create(resources: Map<string, JsonObject>, path: string, body: JsonObject): Reply {
  const collection = path.slice(path.lastIndexOf('/') + 1);
  const name = nameOf(path, collection, body) ?? `${path}/${collection}-${resources.size + 1}`;
  const isSet = collection === 'metricDescriptors'; // Creating one again changes it.
  if (resources.has(name) && !isSet)
    return refused({ status: 409, message: `${name} already exists` });
  const fault = FAULTS[collection]?.(body, resources);
  if (fault) return refused({ status: 400, message: fault });
  const extra = collection === 'indexes' ? [{ fieldPath: '__name__', order: 'ASCENDING' }] : [];
  const fields = Array.isArray(body['fields']) ? { fields: [...body['fields'], ...extra] } : {};
  const etag = collection === 'dashboards' ? { etag: 'e1' } : {};
  resources.set(name, withoutDefaults({ ...body, ...fields, ...etag, name }));
  return collection === 'indexes' ? operation(name) : ok(resources.get(name) ?? {});
}

/** The name that the sender chose; `undefined` where the service makes one. */
function nameOf(path: string, collection: string, body: JsonObject): string | undefined {
  if (collection === 'jobs' || collection === 'releases') return String(body['name']);
  return collection === 'metricDescriptors' ? `${path}/${String(body['type'])}` : undefined;
}

/** As proto3 writes JSON: a number, text or list that has its type's default is left out. */
function withoutDefaults(value: JsonObject): JsonObject {
  const isDefault = (part: unknown) =>
    part === 0 || part === '' || part === false || (Array.isArray(part) && part.length === 0);
  return JSON.parse(JSON.stringify(value, (_key, part) => (isDefault(part) ? undefined : part)));
}

type Faults = (body: JsonObject, there: ReadonlyMap<string, JsonObject>) => string | undefined;
/** What the services refuse of what is to be made. */
const FAULTS: Readonly<Record<string, Faults>> = {
  jobs: faultOfJob,
  rulesets: ({ source }) =>
    JSON.stringify(source ?? '').includes('service cloud.firestore')
      ? undefined
      : 'Ruleset source has no service.',
  releases: ({ rulesetName }, there) =>
    there.has(String(rulesetName)) ? undefined : 'Ruleset does not exist.',
};

function faultOfJob({ schedule, httpTarget }: JsonObject): string | undefined {
  if (!/^(\S+ ){4}\S+$/.test(String(schedule))) return 'Schedule or time zone is invalid.';
  const uri = isJsonObject(httpTarget) ? String(httpTarget['uri']) : '';
  return uri.startsWith('https://')
    ? undefined
    : 'HttpTarget.uri must be https with an OIDC token.';
}

/** A mask names fields as the protocol's own files do. */
const camelCase = (field: string): string =>
  field.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

const isField = (path: string): boolean => /\/collectionGroups\/[^/]+\/fields\/[^/]+$/.test(path);
/** A field that nobody configured has the indexes of the database's default. */
const defaultField = (name: string): JsonObject => ({
  name,
  indexConfig: { usesAncestorConfig: true, ancestorField: 'default', indexes: [] },
});
const operation = (name: string): Reply => ok({ name: `${name}/operations/1`, done: false });

async function bodyOf(request: IncomingMessage): Promise<JsonObject> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? {} : JSON.parse(text);
}
