import type { StatementSync } from 'node:sqlite';
import type { DeadLetter, DeadLetters } from '../../ports/dead-letters.ts';
import { decode, encode, encodeId } from './codec.ts';
import { attempt } from './sqlite-error.ts';
import { type Db, type Query, query } from './statement.ts';

/** Dead letters in the file of the sessions. */
export class SqliteDeadLetters implements DeadLetters {
  readonly #add: StatementSync;
  readonly #list: Query<{ readonly body: string }>;
  readonly #eraseUser: StatementSync;

  constructor(db: Db) {
    this.#add = db.prepare('INSERT INTO dead_letters (user_id, body) VALUES (?, ?)');
    this.#list = query(
      db,
      'SELECT body FROM dead_letters WHERE ordinal > 0 ORDER BY ordinal DESC LIMIT ?',
    );
    this.#eraseUser = db.prepare('DELETE FROM dead_letters WHERE user_id = ?');
  }

  async add(letter: DeadLetter): Promise<void> {
    const userId = letter.userId === undefined ? null : encodeId(letter.userId);
    attempt('keep a dead letter', () => this.#add.run(userId, encode(letter)));
  }

  async list(limit: number): Promise<readonly DeadLetter[]> {
    return attempt('list dead letters', () =>
      this.#list.all(limit).map(({ body }) => decode<DeadLetter>(body, 'dead letter')),
    );
  }

  async eraseUser(userId: string): Promise<void> {
    attempt('erase dead letters', () => this.#eraseUser.run(encodeId(userId)));
  }
}
