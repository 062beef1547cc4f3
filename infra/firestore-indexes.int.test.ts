import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { FirestoreStores } from '../shared/adapters/firestore/open-firestore.ts';
import { sessionKeyOf } from '../shared/domain/ids.ts';
import {
  aChange,
  anAppend,
  aReplay,
  aSegment,
  aSession,
  aSummary,
  nextHead,
  someItems,
} from '../shared/testing/builders.ts';
import { FirestoreHarness } from '../shared/testing/firestore-harness.ts';
import { type Filter, recordCalls, type WireCall } from '../shared/testing/wire-log.ts';
import { reportMissing } from './tooling/missing.ts';

interface Declared {
  readonly indexes: readonly {
    readonly collectionGroup: string;
    readonly fields: readonly { readonly fieldPath: string; readonly order: string }[];
  }[];
  readonly fieldOverrides: readonly {
    readonly collectionGroup: string;
    readonly fieldPath: string;
    readonly indexes: readonly { readonly order: string }[];
  }[];
}

const declared: Declared = JSON.parse(
  readFileSync(new URL('firestore.indexes.json', import.meta.url), 'utf8'),
);
const name = (collection: string, fields: readonly (readonly [string, string])[]) =>
  `${collection}: ${fields.map(([path, order]) => `${path} ${order}`).join(', ')}`;

const declaredNames = [
  ...declared.indexes.map(({ collectionGroup, fields }) =>
    name(
      collectionGroup,
      fields.map(({ fieldPath, order }) => [fieldPath, order]),
    ),
  ),
  ...declared.fieldOverrides.flatMap(({ collectionGroup, fieldPath, indexes }) =>
    indexes.map(({ order }) => name(collectionGroup, [[fieldPath, order]])),
  ),
].sort();

const fieldFilters = (filter?: Filter): NonNullable<Filter['fieldFilter']>[] => [
  ...(filter?.fieldFilter ? [filter.fieldFilter] : []),
  ...(filter?.compositeFilter?.filters ?? []).flatMap(fieldFilters),
];

/**
 * The index that a query needs (https://firebase.google.com/docs/firestore/query-data/index-overview):
 * equalities first, then its order, then what it sums or compares beside that. `undefined`: the
 * order of the documents' names will do.
 */
function indexOf({ request }: WireCall): string | undefined {
  const aggregation = request.structuredAggregationQuery;
  const query = aggregation?.structuredQuery ?? request.structuredQuery;
  if (!query) return undefined;
  const filters = fieldFilters(query.where);
  const order = (query.orderBy ?? []).filter(({ field }) => field.fieldPath !== '__name__');
  const direction = order.at(-1)?.direction ?? 'ASCENDING';
  const isEqual = (op: string) => op === 'EQUAL' || op === 'IN';
  const fields = new Map<string, string>();
  const add = (path: string, way: string) => {
    if (!fields.has(path)) fields.set(path, way);
  };
  for (const { field, op } of filters) if (isEqual(op)) add(field.fieldPath, 'ASCENDING');
  for (const { field, direction: way } of order) add(field.fieldPath, way);
  for (const { field } of filters) add(field.fieldPath, direction);
  const sums = (aggregation?.aggregations ?? []).flatMap(({ sum }) => sum?.field.fieldPath ?? []);
  for (const path of sums.sort()) add(path, 'ASCENDING');
  const collection = query.from[0]?.collectionId ?? '';
  return fields.size === 0 ? undefined : name(collection, [...fields]);
}

/** Calls everything that queries. */
async function exercise({ store, index, erasure, deadLetters }: FirestoreStores) {
  const session = aSession();
  const key = sessionKeyOf(session);
  const segment = aSegment(someItems(1, 3));
  const first = anAppend(session, someItems(4, 9), {
    putSegments: [segment],
    putSummary: aSummary(session, 1),
    replays: [aReplay('k', { expiresAtMs: 9e12 })],
  });
  await store.commit(first);
  for (const order of ['asc', 'desc'] as const) {
    const fromSeq = order === 'asc' ? 1 : 9;
    await store.readLog(key, { fromSeq, order, limit: 9 });
  }
  await store.readSeqs(key, [1, 5]);
  await store.readDue(key, { nowMs: 1, fromSeq: 1, limit: 9 });
  await store.readSummaries(key, { id: 'x' });
  await store.readSummaries(key, { coveringSeq: 2 });
  await store.readSummaries(key, { endingBefore: 99 });
  await store.commit(
    aChange(first.head, nextHead(first.head), {
      segmentAccesses: [{ firstSeq: 1, accesses: {} }],
    }),
  );
  const [row] = await index.listSessions('u1', { limit: 1 });
  if (row) await index.listSessions('u1', { limit: 1, after: row });
  for (const kind of ['tier', 'summary'] as const) {
    for (const shard of [undefined, 3]) {
      await index.listDue(kind, { nowMs: 1, limit: 9, shard });
      await index.countDue(kind, 1, shard);
    }
  }
  await index.totals();
  const [swept] = await index.listAll({ limit: 1 });
  if (swept) await index.listAll({ after: sessionKeyOf(swept), limit: 1 });
  await index.writeSweep({ retentionDays: 1, after: key, isDone: false });
  await index.readSweep();
  await deadLetters.add({
    ...{
      topic: 't',
      data: null,
      attributes: {},
      reason: 'r',
      attempts: 1,
      atMs: 1,
      expiresAtMs: 9e12,
    },
    userId: 'u1',
  });
  await deadLetters.list(9);
  await erasure.eraseTraces('u1');
  const times = { erasedAtMs: 1, expiresAtMs: 9e12 };
  await erasure.putTombstone({ userId: 'u1', receiptId: 'r', status: 'erasing', ...times });
  await erasure.readTombstone('u1', 1);
  while (!(await erasure.eraseSession(key, 3)).isDone);
}

if (process.env['FIRESTORE_EMULATOR_HOST']) {
  describe('firestore.indexes.json', () => {
    const harness = new FirestoreHarness();
    afterAll(() => harness.dispose());

    it('declares the index of every query that is sent, and no other', async () => {
      await harness.create();
      const firestore = harness.client();
      const calls = recordCalls(firestore);
      await exercise(harness.stores(firestore));
      const needed = new Set(calls.flatMap((call) => indexOf(call) ?? []));
      expect([...needed].sort()).toEqual(declaredNames);
    });

    it('names every field that is stored, so that none is indexed by default', async () => {
      await harness.create();
      const firestore = harness.client();
      const known = new Set(
        declared.fieldOverrides.map(
          ({ collectionGroup, fieldPath }) => `${collectionGroup}.${fieldPath}`,
        ),
      );
      expect(known.size).toBe(declared.fieldOverrides.length);
      const calls = recordCalls(firestore);
      await exercise(harness.stores(firestore));
      const stored = calls.flatMap(({ request }) => request.writes ?? []).flatMap(fieldsOf);
      expect(stored.filter((field) => !known.has(field))).toEqual([]);
      expect(stored.length).toBeGreaterThan(60);
    });
  });
} else {
  it('needs a Firestore emulator', () => reportMissing('the indexes of Firestore'));
}

interface Written {
  readonly update?: { readonly name?: string; readonly fields?: object };
  readonly updateTransforms?: readonly { readonly fieldPath: string }[];
}

function fieldsOf({ update, updateTransforms = [] }: Written): string[] {
  const collection = update?.name?.split('/').at(-2) ?? '';
  const fields = Object.keys(update?.fields ?? {});
  const transformed = updateTransforms.map(({ fieldPath }) => fieldPath);
  return [...fields, ...transformed].map((field) => `${collection}.${field}`);
}
