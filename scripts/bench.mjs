// npm run bench: measures what the performance page promises and prints a table.
//   npm run bench -- [--only P1,P4] [--json] [--quick]
// What it does is told on standard error; standard output is the table, or with
// --json one JSON list. Exit status: 0 every bar met, 1 one missed or a failure, 2 wrong usage.
import { parseArgs } from 'node:util';
import { ensureRedis } from './lib/redis.mjs';
import { ScriptError } from './lib/run.mjs';
import { prepare } from './prepare.mjs';

const say = (text) => process.stderr.write(`${text}\n`);
const options = {
  only: { type: 'string' },
  json: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
};

function readOptions() {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    say(`${error.message}\nUsage: npm run bench -- [--only P1,P4] [--json] [--quick]`);
    return process.exit(2);
  }
}

try {
  const { only, json, quick } = readOptions();
  await prepare({ install: true });
  // What it imports is only there now.
  const { FIGURES, runBench, printTable } = await import('../tests/bench/bench.mjs');
  const known = Object.keys(FIGURES);
  const ids = only === undefined ? known : only.split(',').map((id) => id.trim().toUpperCase());
  const unknown = ids.filter((id) => !known.includes(id));
  if (unknown.length > 0) {
    say(`There is no figure ${unknown.join(', ')} yet. There are ${known.join(', ')}.`);
    process.exit(2);
  }
  if (ids.includes('P7')) await ensureRedis();
  const figures = await runBench({ ids, quick, say });
  if (json) console.log(JSON.stringify(figures));
  else printTable(figures, { quick, print: console.log });
  process.exitCode = figures.every(({ met }) => met) ? 0 : 1;
} catch (error) {
  say(error instanceof ScriptError ? error.message : `The bench failed. ${error.stack}`);
  process.exitCode = 1;
}
