import { AppError } from '../../shared/kernel/app-error.ts';
import type { AuthorizedRequests } from './authorized-call.ts';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

/**
 * Finds the credentials of the environment before any client does: clients look for themselves, each at
 * its own time, and none says what to do.
 *
 * @throws AppError `unavailable` with the command that makes them.
 */
export async function findCredentials(): Promise<AuthorizedRequests> {
  const { GoogleAuth } = await import('google-auth-library');
  try {
    return await new GoogleAuth({ scopes: SCOPE }).getClient();
  } catch (cause) {
    throw new AppError(
      'unavailable',
      'There are no Google Cloud credentials: gcloud auth application-default login',
      { cause },
    );
  }
}
