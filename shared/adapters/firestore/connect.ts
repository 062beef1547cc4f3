import { Firestore } from '@google-cloud/firestore';
import { GoogleAuth } from 'google-auth-library';
import { AppError } from '../../kernel/app-error.ts';
import { dropAbsent } from '../../kernel/drop-absent.ts';

/** Which database to use. */
export interface FirestorePlace {
  /** Absent: the project of the credentials. */
  readonly projectId?: string;
  /** Absent: `(default)`. */
  readonly databaseId?: string;
}

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

/** The client goes to an emulator, which wants no credentials. */
export const isEmulated = (): boolean =>
  // biome-ignore lint/style/noProcessEnv: the client's own variable, which it reads itself
  Boolean(process.env['FIRESTORE_EMULATOR_HOST']?.trim());

/**
 * A client for the place, or for the emulator that `FIRESTORE_EMULATOR_HOST` names.
 *
 * Credentials are found first: where there are none, every call of the client would leave a rejected
 * promise behind that nobody holds, which ends the process.
 *
 * @throws AppError `unavailable` with the command that makes credentials when there are none.
 */
export async function connectFirestore({
  projectId,
  databaseId,
}: FirestorePlace): Promise<Firestore> {
  const auth = isEmulated() ? undefined : await findCredentials();
  return new Firestore(dropAbsent({ projectId, databaseId, auth }));
}

async function findCredentials(): Promise<GoogleAuth> {
  const auth = new GoogleAuth({ scopes: SCOPE });
  try {
    await auth.getClient();
    return auth;
  } catch (cause) {
    throw new AppError(
      'unavailable',
      'There are no Google Cloud credentials for Firestore: gcloud auth application-default login',
      { cause },
    );
  }
}
