import type { StatementSync } from 'node:sqlite';
import type { Clock } from '../../kernel/clock.ts';
import type { DeadLetter, DeadLetters } from '../../ports/dead-letters.ts';
import { decode, encode, encodeId } from './codec.ts';
import { attempt } from './sqlite-error.ts';
import { type Db, type Query, query } from './statement.ts';

/** Dead letters in the file of the sessions. */
export class SqliteDeadLetters implements DeadLetters {
  readonly #clock: Clock;
  readonly #add: StatementSync;
  readonly #list: Query<{ readonly body: string }>;
  readonly #deleteExpired: StatementSync;
  readonly #eraseUser: StatementSync;

  constructor(db: Db, clock: Clock) {
    this.#clock = clock;
    this.#add = db.prepare(
      'INSERT INTO dead_letters (user_id, expires_at_ms, body) VALUES (?, ?, ?)',
    );
    this.#list = query(
      db,
      `SELECT body FROM dead_letters WHERE ordinal > 0 AND expires_at_ms > ?
       ORDER BY ordinal DESC LIMIT ?`,
    );
    this.#deleteExpired = db.prepare('DELETE FROM dead_letters WHERE expires_at_ms <= ?');
    this.#eraseUser = db.prepare('DELETE FROM dead_letters WHERE user_id = ?');
  }

  async add(letter: DeadLetter): Promise<void> {
    const userId = letter.userId === undefined ? null : encodeId(letter.userId);
    attempt('keep a dead letter', () => this.#add.run(userId, letter.expiresAtMs, encode(letter)));
  }

  async list(limit: number): Promise<readonly DeadLetter[]> {
    return attempt('list dead letters', () =>
      this.#list
        .all(this.#clock.now(), limit)
        .map(({ body }) => decode<DeadLetter>(body, 'dead letter')),
    );
  }

  async deleteExpired(): Promise<void> {
    attempt('delete expired dead letters', () => this.#deleteExpired.run(this.#clock.now()));
  }

  async eraseUser(userId: string): Promise<void> {
    attempt('erase dead letters', () => this.#eraseUser.run(encodeId(userId)));
  }
}
