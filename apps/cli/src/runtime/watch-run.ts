import type { Run, RunStore } from '@passerelle/sync';
import type { Context } from '../context.js';
import { createProgress } from '../output/progress.js';
import { describeEnd } from '../output/run-sentence.js';
import { sayWait } from '../output/wait.js';
import { awaitRun } from './await-run.js';

/**
 * Waits for a run's end and shows meanwhile how far it is.
 * @throws when the command is to stop before
 */
export async function watchRun(
  context: Pick<Context, 'terminal' | 'format' | 'signal' | 'now'>,
  runs: Pick<RunStore, 'getRun' | 'listParts'>,
  run: Pick<Run, 'id' | 'task'>,
): Promise<Run> {
  const { terminal, format, signal } = context;
  const progress = createProgress(terminal, run.task, (wait) => sayWait(context, wait));
  let outcome = 'interrupted';
  try {
    const ended = await awaitRun(runs, run.id, { signal, onProgress: progress.update });
    outcome = describeEnd(ended, format);
    return ended;
  } finally {
    progress.end(outcome);
  }
}
