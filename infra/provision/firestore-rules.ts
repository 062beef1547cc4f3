import { readFileSync } from 'node:fs';
import { isJsonObject, type JsonObject } from '../../shared/kernel/json.ts';
import { type AuthorizedRequests, callWith } from './authorized-call.ts';
import { CLOSED, effectOf } from './effect-of-rules.ts';
import { ifThere } from './if-there.ts';
import type { Place } from './place.ts';
import type { Found, Resource } from './resource.ts';

/** Rules have no labels; this line says whose all of them are. */
const MARK = '// managed-by: strata';
const FILE = 'firestore.rules';

/** `infra/firestore.rules`, which `firebase deploy` reads as well. */
const readRules = (): string => readFileSync(new URL(`../${FILE}`, import.meta.url), 'utf8');

interface Release {
  readonly name: string;
  readonly rulesetName: string;
}

/**
 * The rules for clients with Firebase's own SDKs: a release that names a set of rules
 * (https://firebase.google.com/docs/reference/rules/rest). Sets are never changed; those that a release
 * named before stay, as the history that the console shows.
 */
export function firestoreRules(
  client: AuthorizedRequests,
  { projectId, database }: Place,
  host: string,
): Resource {
  const call = callWith(client);
  const project = `projects/${projectId}`;
  const name = database === '(default)' ? 'cloud.firestore' : `cloud.firestore/${database}`;
  const release = `${project}/releases/${name}`;
  const content = readRules();
  const released = () => ifThere(() => call<Release>('GET', `${host}/v1/${release}`));
  const read = async (): Promise<Found | undefined> => {
    const found = await released();
    if (!found) return undefined;
    const text = textOf(await call<JsonObject>('GET', `${host}/v1/${found.rulesetName}`));
    return { fields: { effect: effectOf(text) }, isOurs: text.includes(MARK) };
  };
  const addSet = async (): Promise<string> => {
    const source = { files: [{ name: FILE, content }] };
    return (await call<Release>('POST', `${host}/v1/${project}/rulesets`, { source })).name;
  };
  return {
    api: 'firebaserules',
    kind: 'rules',
    name,
    wanted: { effect: CLOSED },
    ifOfOthers: `take a database of its own with --database, or leave them with --keep-rules once they let nobody to what Strata keeps`,
    kept: 'keeps clients out of the data, which stays',
    read,
    async create() {
      const data = { name: release, rulesetName: await addSet() };
      await call('POST', `${host}/v1/${project}/releases`, data);
    },
    async update() {
      const data = { name: release, rulesetName: await addSet() };
      await call('PATCH', `${host}/v1/${release}`, { release: data });
    },
    remove: async () => undefined,
  };
}

/** All files of a set as one text. */
function textOf({ source }: JsonObject): string {
  const files = isJsonObject(source) ? source['files'] : undefined;
  if (!Array.isArray(files)) return '';
  return files.map((file) => (isJsonObject(file) ? String(file['content']) : '')).join('\n');
}
