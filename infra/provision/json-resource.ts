import { isJsonObject, type Json, type JsonObject } from '../../shared/kernel/json.ts';
import { type AuthorizedRequests, callWith } from './authorized-call.ts';
import type { Api, Fields, Found, Resource } from './resource.ts';

interface JsonResource {
  readonly api: Api;
  readonly kind: string;
  readonly name: string;
  /** Where its kind is listed and created, for example `https://…/v3/projects/p/alertPolicies`. */
  readonly collection: string;
  /** The list's field in an answer. */
  readonly listed: string;
  /** The resource as the API's reference writes it. */
  readonly wanted: JsonObject;
  /** Whether one of the list is this one. */
  readonly isIt: (one: JsonObject) => boolean;
  readonly isOurs: (one: JsonObject) => boolean;
  readonly fixed?: readonly string[];
  readonly kept?: string;
  /** `create`: the API sets fields by creating it again; else by PATCH. */
  readonly updatedBy?: 'create' | 'patch';
}

/** A resource of an API whose JSON goes in as it comes out. */
export function jsonResource(client: AuthorizedRequests, one: JsonResource): Resource {
  const { collection, listed, wanted, isIt, updatedBy = 'patch' } = one;
  const call = callWith(client);
  const find = async (): Promise<JsonObject | undefined> => {
    for (let page = ''; ; ) {
      const query = page === '' ? '' : `?pageToken=${encodeURIComponent(page)}`;
      const answer = await call<JsonObject>('GET', `${collection}${query}`);
      const all = answer[listed];
      const found = Array.isArray(all) ? all.filter(isJsonObject).find(isIt) : undefined;
      const next = answer['nextPageToken'];
      if (found || typeof next !== 'string' || next === '') return found;
      page = next;
    }
  };
  const urlOf = (found: JsonObject): string => {
    const [host = '', version = ''] = /^(https?:\/\/[^/]+)\/(v\d)/.exec(collection)?.slice(1) ?? [];
    return `${host}/${version}/${String(found['name'])}`;
  };
  return {
    ...one,
    wanted: wanted as Fields,
    async read(): Promise<Found | undefined> {
      const found = await find();
      return found && { fields: picked(found, wanted) as Fields, isOurs: one.isOurs(found) };
    },
    async create() {
      await call('POST', collection, wanted);
    },
    async update() {
      const found = await find();
      if (updatedBy === 'create' || !found) return void (await call('POST', collection, wanted));
      const { name, etag } = found;
      const data = { ...wanted, ...(name && { name }), ...(etag && { etag }) };
      await call('PATCH', urlOf(found), data);
    },
    async remove() {
      const found = await find();
      if (found) await call('DELETE', urlOf(found));
    },
  };
}

/**
 * What is found, reduced to what is wanted of it: the service adds names and times of its own, and
 * leaves out what has the default value of its type (proto3 JSON).
 */
function picked(found: Json | undefined, wanted: Json): Json {
  if (found === undefined) return isDefault(wanted) ? wanted : null;
  if (Array.isArray(wanted) && Array.isArray(found))
    return found.map((part, index) => {
      const like = wanted[index];
      return like === undefined ? part : picked(part, like);
    });
  if (!isJsonObject(wanted) || !isJsonObject(found)) return found;
  return Object.fromEntries(
    Object.entries(wanted).map(([key, part]) => [key, picked(found[key], part)]),
  );
}

const isDefault = (value: Json): boolean =>
  value === 0 || value === '' || value === false || (Array.isArray(value) && value.length === 0);
