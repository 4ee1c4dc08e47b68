// npm run verify: everything that can be said of the code without a database.
// Steps of one stage run side by side; the second stage reads what types built.
import { ScriptError, run, root } from './lib/run.mjs';
import { join } from 'node:path';
import { prepare } from './prepare.mjs';

const bin = (path) => join('node_modules', path);

const stages = [
  [
    { name: 'types', args: [bin('typescript/bin/tsc'), '-b'] },
    { name: 'format', args: [bin('@biomejs/biome/bin/biome'), 'format', '--max-diagnostics=50'] },
    { name: 'arrows', args: ['scripts/check-arrows.mjs'] },
    { name: 'lock file', args: ['scripts/check-lock.mjs'] },
    { name: 'committed files', args: ['scripts/check-committed.mjs'] },
  ],
  [
    { name: 'lint', args: [bin('oxlint/bin/oxlint'), '--type-aware', '-f', 'unix'] },
    { name: 'dead code', args: [bin('knip/bin/knip.js'), '--no-progress', '--no-config-hints'] },
    { name: 'unit tests', args: [bin('vitest/vitest.mjs'), 'run', '--project', 'unit'] },
  ],
];

try {
  // Without the build: a type error is to be one finding among others.
  await prepare({ install: true, build: false });
  const failed = await runStages();
  const total = stages.flat().length;
  console.log(`${total - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof ScriptError)) throw error;
  process.stderr.write(`${error.message}\n`);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}

async function runStages() {
  let failed = 0;
  for (const stage of stages) {
    const results = await Promise.all(stage.map(runStep));
    failed += results.filter((isGood) => !isGood).length;
  }
  return failed;
}

async function runStep({ name, args }) {
  const start = performance.now();
  const { code, output } = await run(process.execPath, args.map(locate), {
    env: { FORCE_COLOR: '0' },
  });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name.padEnd(16)} ${seconds.padStart(5)} s`);
  if (code !== 0) console.log(output.trimEnd().replace(/^/gm, '  '));
  return code === 0;
}

function locate(arg, index) {
  return index === 0 ? join(root, arg) : arg;
}
