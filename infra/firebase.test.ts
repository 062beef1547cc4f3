import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '..');
const readJson = (file: string): unknown => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));

/**
 * What the Firebase CLI takes, as far as our files go: its schema refuses any other key of these
 * (firebase-tools 14.27, schema/firebase-config.json, and lib/firestore/api.js for the indexes). The CLI
 * itself is no dependency: it brings 500 packages. Its own code took both files on 2026-11-22.
 */
const address = { host: z.string(), port: z.int() };
const Firebase = z.strictObject({
  functions: z.strictObject({ source: z.string(), runtime: z.string() }),
  firestore: z.strictObject({ rules: z.string(), indexes: z.string() }),
  emulators: z.strictObject({
    singleProjectMode: z.boolean(),
    firestore: z.strictObject(address),
    pubsub: z.strictObject(address),
    ui: z.strictObject({ enabled: z.boolean() }),
  }),
});
const Scope = z.enum(['COLLECTION', 'COLLECTION_GROUP']);
const kind = {
  order: z.enum(['ASCENDING', 'DESCENDING']).optional(),
  arrayConfig: z.literal('CONTAINS').optional(),
};
const hasOneKind = (field: { readonly order?: unknown; readonly arrayConfig?: unknown }) =>
  (field.order === undefined) !== (field.arrayConfig === undefined);
const Indexes = z.strictObject({
  indexes: z.array(
    z.strictObject({
      collectionGroup: z.string(),
      queryScope: Scope,
      fields: z.array(z.strictObject({ fieldPath: z.string(), ...kind }).refine(hasOneKind)).min(2),
    }),
  ),
  fieldOverrides: z.array(
    z.strictObject({
      collectionGroup: z.string(),
      fieldPath: z.string(),
      ttl: z.boolean().optional(),
      indexes: z.array(z.strictObject({ queryScope: Scope, ...kind }).refine(hasOneKind)),
    }),
  ),
});

it('firebase.json is one that the Firebase CLI takes, and names files that are there', () => {
  const { firestore } = Firebase.parse(readJson('firebase.json'));
  expect(firestore).toEqual({
    rules: 'infra/firestore.rules',
    indexes: 'infra/firestore.indexes.json',
  });
  for (const file of Object.values(firestore)) expect(existsSync(join(ROOT, file))).toBe(true);
});

it('the indexes are in the form that the Firebase CLI takes', () => {
  const { indexes, fieldOverrides } = Indexes.parse(readJson('infra/firestore.indexes.json'));
  expect(indexes.length).toBeGreaterThan(0);
  expect(fieldOverrides.length).toBeGreaterThan(0);
});

it('.firebaserc names a project that can reach nothing real', () => {
  expect(readJson('.firebaserc')).toEqual({ projects: { default: 'demo-strata' } });
});
