import type { Clients } from '../provision/clients.ts';
import { readIndexFile } from '../provision/index-file.ts';
import type { Place } from '../provision/place.ts';
import { type Finding, fault, warning, well } from './check.ts';

/** Whether the indexes are built: until then the queries that need them fail. */
export async function indexFinding({ admin }: Clients, place: Place): Promise<Finding> {
  const { projectId, database } = place;
  const groups = [...new Set(readIndexFile().indexes.map((one) => one.collectionGroup))];
  const lists = await Promise.all(
    groups.map((group) =>
      admin.listIndexes({
        parent: `projects/${projectId}/databases/${database}/collectionGroups/${group}`,
      }),
    ),
  );
  const states = lists.flatMap(([indexes]) => indexes.map(({ state }) => state));
  const count = (wanted: string) => states.filter((state) => state === wanted).length;
  const list = `gcloud firestore indexes composite list --database=${database} --project=${projectId}`;
  if (count('NEEDS_REPAIR') > 0)
    return fault(
      `${count('NEEDS_REPAIR')} could not be built`,
      `Delete them, then npm run provision. They are among these: ${list}`,
    );
  if (count('CREATING') > 0)
    return warning(
      `${count('CREATING')} are being built`,
      `Queries that need them fail until then. Look again: ${list}`,
    );
  return well(`${states.length} are ready`);
}
