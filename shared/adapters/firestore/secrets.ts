import { AppError } from '../../kernel/app-error.ts';
import type { SecretStore } from '../../ports/secret-store.ts';
import { type Attempt, isConflict } from './firestore-error.ts';
import type { Layout } from './layout.ts';

/** Secrets in Firestore, a document each. */
export class FirestoreSecrets implements SecretStore {
  readonly #layout: Layout;
  readonly #attempt: Attempt;

  constructor(layout: Layout, attempt: Attempt) {
    this.#layout = layout;
    this.#attempt = attempt;
  }

  find(name: string): Promise<string | undefined> {
    return this.#attempt('find a secret', () => this.#find(name));
  }

  keep(name: string, candidate: string): Promise<string> {
    return this.#attempt('keep a secret', async () => {
      const known = await this.#find(name);
      if (known !== undefined) return known;
      try {
        // Fails where another instance was faster: both must go on with that one's.
        await this.#layout.secret(name).create({ value: candidate });
        return candidate;
      } catch (thrown) {
        if (!isConflict(thrown)) throw thrown;
      }
      const kept = await this.#find(name);
      if (kept === undefined) throw new AppError('unavailable', 'A secret was not kept');
      return kept;
    });
  }

  async #find(name: string): Promise<string | undefined> {
    const value: unknown = (await this.#layout.secret(name).get()).get('value');
    return typeof value === 'string' ? value : undefined;
  }
}
