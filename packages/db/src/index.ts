export { createDatabase, type Database, type DatabaseOptions } from './database.js';
export { EmbeddedDatabaseError } from './embedded/errors.js';
export {
  type OpenDatabaseOptions,
  type OpenedDatabase,
  openDatabase,
} from './embedded/open-database.js';
export { InvalidCursorError, RegistryError, type RegistryErrorKind } from './errors.js';
export { compareSchema } from './migrate/compare-schema.js';
export { grantApiRole, keepApiRoles } from './migrate/grant-api-role.js';
export { migrateDatabase, pendingMigrations } from './migrate/migrate-database.js';
export { MigrationError } from './migrate/migration-error.js';
