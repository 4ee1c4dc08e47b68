import type pg from 'pg';

/** SQL that is on the way of every request or call: each connection prepares it once, under its name. */
export interface Statement {
  name: string;
  text: string;
}

/**
 * Runs a prepared statement and answers with its rows; the statements of a transaction of
 * Prisma's, which are not prepared, have the same form.
 */
export type Ask = <Row>(statement: Statement, values: readonly unknown[]) => Promise<Row[]>;

/**
 * On a connection of the pool. Nothing of Prisma's is on the way: that is as much work
 * for the processor again as the statement itself.
 */
export function createAsk(pool: pg.Pool): Ask {
  return async (statement, values) => {
    const { rows } = await pool.query({ ...statement, values: [...values] });
    return rows;
  };
}

/** In a transaction. */
export function askWithin(tx: {
  $queryRawUnsafe<Rows>(text: string, ...values: unknown[]): Promise<Rows>;
}): Ask {
  return async ({ text }, values) => tx.$queryRawUnsafe(text, ...values);
}
