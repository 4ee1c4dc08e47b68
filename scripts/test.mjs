// npm test: sets up what the tests need, runs them, and ends with one plain
// line. Arguments are vitest's: npm test -- tests/contract -t "held"
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureChromium } from './lib/chromium.mjs';
import { spawnToEnd } from './lib/foreground.mjs';
import { endLeftovers } from './lib/leftovers.mjs';
import { ensurePhp } from './lib/php.mjs';
import { ensurePostgres } from './lib/postgres.mjs';
import { ensureRedis } from './lib/redis.mjs';
import { root, ScriptError } from './lib/run.mjs';
import { prepare } from './prepare.mjs';

const args = process.argv.slice(2);

try {
  // Unit tests read sources and start nothing.
  const isUnitOnly = args.join(' ').startsWith('--project unit');
  await prepare({ install: true, build: !isUnitOnly });
  if (!isUnitOnly) {
    await ensureRedis();
    await ensurePhp();
    await ensureChromium();
    await ensurePostgres();
  }
  process.exitCode = await runTests();
} catch (error) {
  if (!(error instanceof ScriptError)) throw error;
  process.stderr.write(`${error.message}\n`);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}

async function runTests() {
  const directory = mkdtempSync(join(tmpdir(), 'passerelle-test-'));
  const summaryFile = join(directory, 'summary.json');
  // What the tests write goes into our directory, and with it.
  const env = { TEST_SUMMARY: summaryFile, TMPDIR: directory };
  try {
    const code = await spawnToEnd(
      process.execPath,
      [
        join(root, 'node_modules/vitest/vitest.mjs'),
        ...['run', '--reporter=default', '--reporter=./scripts/summary-reporter.mjs'],
        ...args,
      ],
      env,
    );
    const leftovers = await endLeftovers(directory);
    return conclude(code, readSummary(summaryFile), leftovers);
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Prints the last line and returns the exit status. */
function conclude(code, summary, leftovers) {
  // Tests that a name filter left out are skipped on purpose.
  const isFiltered = args.some((arg) => /^(-t|--testNamePattern)/.test(arg));
  const unproven = isFiltered ? [] : summary.unproven;
  for (const name of unproven) console.log(`did not run: ${name}`);
  for (const command of leftovers) console.log(`left running, and ended now: ${command}`);
  const ranNothing = summary.passed + summary.failed === 0;
  if (ranNothing) console.log('No test ran.');
  const failed = summary.failed + unproven.length + leftovers.length;
  // A non-zero status that no count explains is a failure too.
  const shown = failed === 0 && (code !== 0 || ranNothing) ? 1 : failed;
  console.log(`${summary.passed} passed, ${shown} failed`);
  return shown === 0 ? 0 : 1;
}

function readSummary(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 0, unproven: [] };
  }
}
