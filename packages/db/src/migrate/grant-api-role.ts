import pg from 'pg';
import { explainMigration, MigrationError } from './migration-error.js';

/**
 * Gives a role what the API needs, and no more: it changes no table's shape, and of the
 * audit it only reads and adds. Tables that migrations make later are among it, and
 * {@link keepApiRoles} gives what else they bring.
 *
 * @param url connection string of the role that owns the tables
 * @param role one that may sign in, made by the administrator
 * @param queueSchema where the queue is on the same database; null: it is on Redis
 * @throws MigrationError that says what to do
 */
export async function grantApiRole(
  url: string,
  role: string,
  queueSchema: string | null,
): Promise<void> {
  await withConnection(url, async (client) => {
    await checkRole(client, role);
    await grant(client, role, queueSchema);
  });
}

/**
 * Gives the roles that were given it once what the API needs by now, after a migration
 * of the registry or of the queue. The database knows them by whom the owner's staging
 * tables are for.
 *
 * @param url connection string of the role that owns the tables
 * @param queueSchema where the queue is on the same database; null: it is on Redis
 * @returns their names
 * @throws MigrationError
 */
export async function keepApiRoles(url: string, queueSchema: string | null): Promise<string[]> {
  return withConnection(url, async (client) => {
    const { rows } = await client.query<{ role: string }>(
      `SELECT DISTINCT r.rolname AS role
         FROM pg_default_acl d, aclexplode(d.defaclacl) a JOIN pg_roles r ON r.oid = a.grantee
        WHERE d.defaclnamespace = 'staging'::regnamespace AND d.defaclobjtype = 'r'
          AND d.defaclrole = current_user::regrole AND a.grantee <> d.defaclrole
        ORDER BY r.rolname`,
    );
    const roles = rows.map(({ role }) => role);
    for (const role of roles) await grant(client, role, queueSchema);
    return roles;
  });
}

async function withConnection<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 30_000 });
  client.on('error', () => {}); // the query that needs the connection reports it
  try {
    await client.connect();
    return await work(client);
  } catch (cause) {
    throw cause instanceof MigrationError ? cause : explainMigration(cause);
  } finally {
    await client.end().catch(() => {});
  }
}

async function grant(client: pg.Client, role: string, queueSchema: string | null): Promise<void> {
  await client.query(['BEGIN', ...statementsFor(role, queueSchema), 'COMMIT'].join(';\n'));
}

/** A role that can do everything, or be the owner, would be no limit at all. */
async function checkRole(client: pg.Client, role: string): Promise<void> {
  const { rows } = await client.query<RoleRow>(
    `SELECT r.rolsuper AS "isSuper", pg_has_role(r.oid, o.oid, 'MEMBER') AS "isOwner",
            pg_has_role(o.oid, r.oid, 'USAGE') AS "isOurs", quote_ident(o.rolname) AS owner
       FROM pg_roles r, pg_roles o WHERE r.rolname = $1 AND o.rolname = current_user`,
    [role],
  );
  const [found] = rows;
  const name = pg.escapeIdentifier(role);
  if (found === undefined) {
    throw new MigrationError(
      `The database has no role ${name}. Make it: CREATE ROLE ${name} LOGIN PASSWORD '…';`,
    );
  }
  if (found.isSuper || found.isOwner) {
    throw new MigrationError(
      `The role ${name} may do all that ${found.owner} may, so that nothing would be kept from it. Name another one.`,
    );
  }
  if (found.isOurs) return;
  // Workers clear away what an API that died has staged.
  throw new MigrationError(
    `The role ${found.owner} cannot clear away what ${name} leaves. Have an administrator of the database say: GRANT ${name} TO ${found.owner};`,
  );
}

interface RoleRow {
  isSuper: boolean;
  isOwner: boolean;
  isOurs: boolean;
  owner: string;
}

function statementsFor(role: string, queueSchema: string | null): string[] {
  const to = pg.escapeIdentifier(role);
  const all = 'SELECT, INSERT, UPDATE, DELETE';
  return [
    `GRANT USAGE ON SCHEMA public, staging TO ${to}`,
    `GRANT CREATE ON SCHEMA staging TO ${to}`,
    `GRANT ${all} ON ALL TABLES IN SCHEMA public, staging TO ${to}`,
    `GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO ${to}`,
    // What the owner makes from now on: runs' staging tables, and what migrations bring.
    `ALTER DEFAULT PRIVILEGES IN SCHEMA public, staging GRANT ${all} ON TABLES TO ${to}`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO ${to}`,
    `REVOKE ALL ON audit_events, _prisma_migrations FROM ${to}`,
    `GRANT SELECT, INSERT ON audit_events TO ${to}`,
    `GRANT SELECT ON _prisma_migrations TO ${to}`,
    `GRANT EXECUTE ON FUNCTION empty_audit_events(int) TO ${to}`,
    ...(queueSchema === null ? [] : queueStatements(pg.escapeIdentifier(queueSchema), to)),
  ];
}

function queueStatements(schema: string, to: string): string[] {
  return [
    `GRANT USAGE ON SCHEMA ${schema} TO ${to}`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${to}`,
    `GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${schema} TO ${to}`,
    `GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${schema} TO ${to}`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA ${schema}
       GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${to}`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA ${schema} GRANT USAGE ON SEQUENCES TO ${to}`,
  ];
}
