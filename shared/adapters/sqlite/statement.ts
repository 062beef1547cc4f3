import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

/** The part of a database that the tables use. */
export type Db = Pick<DatabaseSync, 'prepare' | 'exec'>;

/** A prepared statement whose rows have a known shape. */
export interface Query<Row> {
  get(...values: readonly SQLInputValue[]): Row | undefined;
  all(...values: readonly SQLInputValue[]): readonly Row[];
  iterate(...values: readonly SQLInputValue[]): IterableIterator<Row>;
}

/** Prepares a statement that answers rows of the shape named beside its column list. */
export const query = <Row>(db: Db, sql: string): Query<Row> =>
  // The shape of a row is what the statement selects; the schema's STRICT tables hold its types.
  db.prepare(sql) as unknown as Query<Row>;

/** How many rows a statement changed. */
export const changed = (statement: StatementSync, ...values: readonly SQLInputValue[]): number =>
  Number(statement.run(...values).changes);
