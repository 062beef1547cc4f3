import { readFileSync } from 'node:fs';
import { z } from 'zod';

const order = z.enum(['ASCENDING', 'DESCENDING']);
const queryScope = z.enum(['COLLECTION', 'COLLECTION_GROUP']);
const indexField = z.strictObject({ fieldPath: z.string(), order });
export type IndexField = z.output<typeof indexField>;

const IndexFile = z.strictObject({
  indexes: z.array(
    z.strictObject({ collectionGroup: z.string(), queryScope, fields: z.array(indexField) }),
  ),
  fieldOverrides: z.array(
    z.strictObject({
      collectionGroup: z.string(),
      fieldPath: z.string(),
      ttl: z.boolean().optional(),
      indexes: z.array(z.strictObject({ order, queryScope })),
    }),
  ),
});
export type IndexFile = z.output<typeof IndexFile>;

/** `infra/firestore.indexes.json`, which `firebase deploy` reads as well. */
export const readIndexFile = (): IndexFile =>
  IndexFile.parse(
    JSON.parse(readFileSync(new URL('../firestore.indexes.json', import.meta.url), 'utf8')),
  );
