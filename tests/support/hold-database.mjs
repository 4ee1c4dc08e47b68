// A process that uses the embedded database until its standard input ends.
// It takes the built package, as every process does that a test starts.
// Usage: node hold-database.mjs DATA_DIR; prints one line of JSON when it is open.
import { openDatabase } from '@passerelle/db';

const log = { info() {}, warn: (message) => process.stderr.write(`${message}\n`) };
const opened = await openDatabase({ dataDir: process.argv[2], log, settings: { fsync: 'off' } });
process.stdout.write(`${JSON.stringify({ url: opened.url })}\n`);
process.stdin.resume().once('end', () => {
  void opened.release().then(() => process.exit(0));
});
