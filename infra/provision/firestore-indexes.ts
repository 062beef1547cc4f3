import { isDeepStrictEqual } from 'node:util';
import type { FirestoreAdminClient, protos } from '@google-cloud/firestore-api';
import { ifThere } from './if-there.ts';
import type { IndexField, IndexFile } from './index-file.ts';
import type { Place } from './place.ts';
import type { Fields, Resource } from './resource.ts';

type Admin = Pick<
  FirestoreAdminClient,
  'listIndexes' | 'createIndex' | 'deleteIndex' | 'getField' | 'updateField'
>;
type CloudIndex = protos.google.firestore.admin.v1.IIndex;
type CloudField = protos.google.firestore.admin.v1.IField;

/**
 * The composite indexes, and the single fields whose indexes or lifetimes are not the default. The
 * service builds an index in the background; queries that need it fail until it is ready.
 */
export const firestoreIndexes = (
  admin: Admin,
  place: Place,
  { indexes, fieldOverrides }: IndexFile,
): Resource[] => [
  ...indexes.map((index) => compositeIndex(admin, place, index)),
  ...fieldOverrides.map((field) => fieldOverride(admin, place, field)),
];

const groupOf = ({ projectId, database }: Place, collectionGroup: string): string =>
  `projects/${projectId}/databases/${database}/collectionGroups/${collectionGroup}`;

function compositeIndex(
  admin: Admin,
  place: Place,
  { collectionGroup, queryScope, fields }: IndexFile['indexes'][number],
): Resource {
  const parent = groupOf(place, collectionGroup);
  const find = async (): Promise<CloudIndex | undefined> => {
    const [indexes] = await admin.listIndexes({ parent });
    return indexes.find(
      (index) =>
        index.queryScope === queryScope && isDeepStrictEqual(ownFields(index.fields ?? []), fields),
    );
  };
  return {
    api: 'firestore',
    kind: 'index',
    name: `${collectionGroup}(${fields.map(({ fieldPath }) => fieldPath).join(', ')})`,
    wanted: {},
    // An index is the same as another one, or it is another one: there is nothing to change.
    read: async () => ((await find()) ? { fields: {}, isOurs: true } : undefined),
    async create() {
      await admin.createIndex({ parent, index: { queryScope, fields: [...fields] } });
    },
    update: async () => undefined,
    async remove() {
      const name = (await find())?.name;
      if (name) await admin.deleteIndex({ name });
    },
  };
}

/** Fields as the index file has them: the service adds the document's name at the end. */
const ownFields = (
  fields: readonly protos.google.firestore.admin.v1.Index.IIndexField[],
): IndexField[] =>
  fields
    .filter(({ fieldPath }) => fieldPath !== '__name__')
    .map(({ fieldPath, order }) => ({
      fieldPath: fieldPath ?? '',
      order: order === 'DESCENDING' ? 'DESCENDING' : 'ASCENDING',
    }));

function fieldOverride(
  admin: Admin,
  place: Place,
  { collectionGroup, fieldPath, indexes, ttl = false }: IndexFile['fieldOverrides'][number],
): Resource {
  const name = `${groupOf(place, collectionGroup)}/fields/${fieldPath}`;
  const wanted: Fields = {
    indexes: indexes.map(({ order, queryScope }) => `${queryScope} ${order}`).sort(),
    ...(ttl && { ttl }),
  };
  return {
    api: 'firestore',
    kind: 'field',
    name: `${collectionGroup}.${fieldPath}`,
    wanted,
    kept: 'costs nothing',
    async read() {
      const [found] = (await ifThere(() => admin.getField({ name }))) ?? [];
      // Every field has a configuration, made by nobody: ours to set.
      return { fields: found ? fieldsOf(found) : {}, isOurs: true };
    },
    create: async () => undefined,
    async update() {
      const paths = ['index_config', ...(ttl ? ['ttl_config'] : [])];
      await admin.updateField({
        field: {
          name,
          indexConfig: {
            indexes: indexes.map(({ order, queryScope }) => ({
              queryScope,
              fields: [{ fieldPath, order }],
            })),
          },
          ...(ttl && { ttlConfig: {} }),
        },
        updateMask: { paths },
      });
    },
    remove: async () => undefined,
  };
}

function fieldsOf({ indexConfig, ttlConfig }: CloudField): Fields {
  if (indexConfig?.usesAncestorConfig) return { indexes: 'default' };
  const indexes = indexConfig?.indexes ?? [];
  return {
    indexes: indexes
      .map(({ queryScope, fields }) => `${queryScope} ${fields?.[0]?.order ?? ''}`)
      .sort(),
    ttl: Boolean(ttlConfig),
  };
}
