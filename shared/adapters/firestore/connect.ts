import { Firestore } from '@google-cloud/firestore';
import { dropAbsent } from '../../kernel/drop-absent.ts';

/** Which database to use. */
export interface FirestorePlace {
  /** Absent: the project of the credentials. */
  readonly projectId?: string;
  /** Absent: `(default)`. */
  readonly databaseId?: string;
}

/** A client for the place, or for the emulator that `FIRESTORE_EMULATOR_HOST` names. */
export const connectFirestore = ({ projectId, databaseId }: FirestorePlace): Firestore =>
  new Firestore(dropAbsent({ projectId, databaseId }));
