import { randomUUID } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlResultSet,
} from '@prisma/driver-adapter-utils';
import pg from 'pg';

const CHAR: number = pg.types.builtins.CHAR;
const TEXT: number = pg.types.builtins.TEXT;

/**
 * Connections for the schema engine. PrismaPg would do, but that it cannot read
 * the catalogue columns of type "char" by which the engine describes a database,
 * cuts a script at every semicolon, also within a function or a comment, and makes
 * the pool of a shadow database where nothing can be done about it.
 */
export function createEngineAdapter(url: string): {
  factory: SqlMigrationAwareDriverAdapterFactory;
  close: () => Promise<void>;
} {
  const { pool, adapter } = createPool(url);
  const { provider, adapterName } = new PrismaPg(pool);
  const factory: SqlMigrationAwareDriverAdapterFactory = {
    provider,
    adapterName,
    connect: adapter,
    connectToShadowDb: () => connectToShadow(pool, url),
  };
  return { factory, close: () => pool.end() };
}

/** An empty database beside the real one, dropped when the engine is done with it. */
async function connectToShadow(pool: pg.Pool, url: string): Promise<SqlDriverAdapter> {
  const database = `passerelle_shadow_${randomUUID()}`;
  await pool.query(`CREATE DATABASE "${database}" TEMPLATE template0`);
  const shadowUrl = new URL(url);
  shadowUrl.pathname = `/${database}`;
  const shadow = createPool(shadowUrl.href);
  const adapter = await shadow.adapter();
  adapter.dispose = async () => {
    await shadow.pool.end();
    await pool.query(`DROP DATABASE "${database}"`);
  };
  return adapter;
}

function createPool(connectionString: string) {
  const pool = new pg.Pool({ connectionString, max: 2 });
  const charColumns = new Set<string>();
  pool.on('error', () => {}); // the query that needs the connection reports it
  pool.on('connect', (client) => readCharAsText(client, charColumns));
  const adapter = async (): Promise<SqlDriverAdapter> => {
    const plain = await new PrismaPg(pool).connect();
    const queryRaw = plain.queryRaw.bind(plain);
    plain.queryRaw = async (query) => markCharacters(await queryRaw(query), charColumns);
    // Without arguments the server takes it whole, in one transaction.
    plain.executeScript = async (script) => {
      await plain.executeRaw({ sql: script, args: [], argTypes: [] });
    };
    return plain;
  };
  return { pool, adapter };
}

function readCharAsText(client: pg.PoolClient, charColumns: Set<string>): void {
  const { connection } = client as unknown as { connection: EventEmitter };
  connection.prependListener('rowDescription', (message: { fields: pg.FieldDef[] }) => {
    for (const field of message.fields) {
      if (field.dataTypeID !== CHAR) continue;
      field.dataTypeID = TEXT;
      charColumns.add(field.name);
    }
  });
}

function markCharacters(result: SqlResultSet, charColumns: ReadonlySet<string>): SqlResultSet {
  const columnTypes = result.columnTypes.map((type, index) =>
    charColumns.has(result.columnNames[index] ?? '') ? ColumnTypeEnum.Character : type,
  );
  return { ...result, columnTypes };
}
