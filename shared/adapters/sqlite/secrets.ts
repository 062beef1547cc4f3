import type { StatementSync } from 'node:sqlite';
import { AppError } from '../../kernel/app-error.ts';
import type { SecretStore } from '../../ports/secret-store.ts';
import { attempt } from './sqlite-error.ts';
import { type Db, type Query, query } from './statement.ts';

/** Secrets in the file of the sessions. */
export class SqliteSecrets implements SecretStore {
  readonly #find: Query<{ readonly value: string }>;
  readonly #add: StatementSync;

  constructor(db: Db) {
    this.#find = query(db, 'SELECT value FROM secrets WHERE name = ?');
    this.#add = db.prepare(
      'INSERT INTO secrets (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING',
    );
  }

  async find(name: string): Promise<string | undefined> {
    return attempt('find a secret', () => this.#find.get(name)?.value);
  }

  async keep(name: string, candidate: string): Promise<string> {
    return attempt('keep a secret', () => {
      const known = this.#find.get(name);
      if (known) return known.value;
      // Another process may be faster: whatever stands there afterwards is the secret.
      this.#add.run(name, candidate);
      const kept = this.#find.get(name);
      if (!kept) throw new AppError('internal', 'A secret was not kept');
      return kept.value;
    });
  }
}
