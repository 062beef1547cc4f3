import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../shared/kernel/json.ts';
import type { Fields, Found, Resource } from './resource.ts';

/** A field that is not as it is wanted. */
export interface Change {
  readonly field: string;
  readonly from: Json | undefined;
  readonly to: Json;
}

/** What is to be done with a resource. */
export type Step =
  | { readonly status: 'create' | 'keep' | 'remove'; readonly resource: Resource }
  | {
      readonly status: 'update';
      readonly resource: Resource;
      readonly changes: readonly Change[];
    }
  /** Nothing is done while a step is refused. */
  | { readonly status: 'refuse'; readonly resource: Resource; readonly why: string };

export type Plan = readonly Step[];

/** Resources that are read at a time. */
const READS = 8;

/** Compares what is wanted with what is there, and changes nothing. */
export const planApply = (resources: readonly Resource[]): Promise<Plan> =>
  inTurns(resources, async (resource) => stepFor(resource, await resource.read()));

/** What would be removed: in the other direction, what was made last first. */
export async function planDestroy(resources: readonly Resource[]): Promise<Plan> {
  const steps = await inTurns([...resources].reverse(), async (resource): Promise<Step[]> => {
    const found = await resource.read();
    if (!found) return [];
    if (!found.isOurs || resource.kept) return [{ status: 'keep', resource }];
    return [{ status: 'remove', resource }];
  });
  return steps.flat();
}

function stepFor(resource: Resource, found: Found | undefined): Step {
  if (!found) return { status: 'create', resource };
  const changes = changesOf(resource.wanted, found.fields);
  if (changes.length === 0) return { status: 'keep', resource };
  if (!found.isOurs) {
    const { ifOfOthers = 'rename or remove it' } = resource;
    const why = `is there, is different, and was not made by provisioning: ${ifOfOthers}`;
    return { status: 'refuse', resource, why };
  }
  const stuck = changes.filter(({ field }) => resource.fixed?.includes(field));
  if (stuck.length === 0) return { status: 'update', resource, changes };
  const names = stuck.map(({ field }) => field).join(', ');
  return { status: 'refuse', resource, why: `cannot change ${names}: remove it and run again` };
}

const changesOf = (wanted: Fields, found: Fields): Change[] =>
  Object.entries(wanted)
    .filter(([field, to]) => !isDeepStrictEqual(found[field], to))
    .map(([field, to]) => ({ field, from: found[field], to }));

async function inTurns<T, R>(all: readonly T[], run: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < all.length; at += READS)
    results.push(...(await Promise.all(all.slice(at, at + READS).map(run))));
  return results;
}
