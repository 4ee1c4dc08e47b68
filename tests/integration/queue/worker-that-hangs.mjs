// A worker process that takes a run, says so, and never ends it: to be killed.
import { createJobWorkers, jobHandler } from '@passerelle/queue';

const log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => log,
};
const done = async () => ({ outcome: 'done' });
const hang = () => {
  process.stdout.write('begun\n');
  return new Promise(() => undefined);
};

const workers = createJobWorkers(
  { ...JSON.parse(process.argv[2] ?? '{}'), log, nextRun: () => null },
  [
    jobHandler('tick', { handle: done }),
    jobHandler('run', { handle: hang }),
    jobHandler('fetch', { handle: hang }),
    jobHandler('reconcile', { handle: done }),
  ],
);
// It doesn't outlive the test that started it.
process.stdin.resume().once('end', () => process.exit());
await workers.start();
