import pg from 'pg';

/** What a database holds: each table of the registry and the queue, with its rows. */
export async function readTables(url: string): Promise<Record<string, unknown[]>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
    );
    const tables: Record<string, unknown[]> = {};
    for (const { name } of rows) {
      const { rows: found } = await client.query<{ row: string }>(
        `SELECT row_to_json(t)::text AS row FROM ${name} t ORDER BY 1`,
      );
      tables[name] = found.map(({ row }) => JSON.parse(row) as unknown);
    }
    return tables;
  } finally {
    await client.end();
  }
}

/** Carries SQL out, and answers the rows of its last statement. */
export async function query<Row extends pg.QueryResultRow>(
  url: string,
  sql: string,
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const result = (await client.query<Row>(sql)) as pg.QueryResult<Row> | pg.QueryResult<Row>[];
    return (Array.isArray(result) ? result.at(-1) : result)?.rows ?? [];
  } finally {
    await client.end();
  }
}
