// Writes the next migration: what prisma/schema.prisma has and the migrations
// lack. Usage: npm run migration -- NAME   (after `npx tsc -b`)
// Read the SQL before committing it: what Prisma cannot say (collations, partial
// indexes, checks) is added by hand.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareSchema, openDatabase } from '../packages/db/dist/index.js';

const name = process.argv[2];
if (name === undefined || !/^[a-z][a-z0-9_]*$/.test(name)) {
  process.stderr.write('Usage: npm run migration -- NAME   (small letters, digits, _)\n');
  process.exit(2);
}

const dataDir = await mkdtemp(join(tmpdir(), 'passerelle-migration-'));
const log = { info() {}, warn: (message) => process.stderr.write(`${message}\n`) };
const database = await openDatabase({ dataDir, log, settings: { fsync: 'off' } });
try {
  const sql = await compareSchema(database.url);
  if (sql === '') {
    process.stderr.write('Nothing to do: the migrations lead to prisma/schema.prisma already.\n');
  } else {
    const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
    const directory = join('prisma', 'migrations', `${stamp}_${name}`);
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'migration.sql'), `${sql}\n`);
    process.stdout.write(`${join(directory, 'migration.sql')}\n`);
  }
} finally {
  await database.release();
  await rm(dataDir, { recursive: true, force: true });
}
