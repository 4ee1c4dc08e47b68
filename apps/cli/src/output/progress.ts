import { SingleBar } from 'cli-progress';
import type { RunWait } from '@passerelle/sync';
import type { RunProgress } from '../runtime/await-run.js';
import { counted } from './format.js';
import { note, type Terminal } from './terminal.js';

/** Shows how far one run is, on standard error. */
export interface Progress {
  update: (progress: RunProgress) => void;
  /** Leaves the last figures standing, followed by how it ended. */
  end: (outcome: string) => void;
}

const BAR_FORMAT = '{task} {bar} {value}/{total} parts  {figures}';
/** Room for the longest task name. */
const NAME_WIDTH = 14;

/**
 * A bar where a person watches, else a line whenever the run begins to wait, and
 * one at the end.
 * @param sayWait what a run waits for, in words
 */
export function createProgress(
  terminal: Terminal,
  task: string,
  sayWait: (wait: RunWait) => string,
): Progress {
  const name = task.padEnd(NAME_WIDTH);
  return terminal.err.isTTY === true
    ? createBar(terminal, name, sayWait)
    : createLines(terminal, name, sayWait);
}

function createLines(
  terminal: Terminal,
  name: string,
  sayWait: (wait: RunWait) => string,
): Progress {
  let saidOf: string | null = null;
  return {
    update: ({ run: { wait } }) => {
      const key = wait === null ? null : `${wait.reason} ${wait.until.getTime()}`;
      if (wait !== null && key !== saidOf) note(terminal, `${name} ${sayWait(wait)}`);
      saidOf = key;
    },
    end: (outcome) => note(terminal, `${name} ${outcome}`),
  };
}

function createBar(terminal: Terminal, name: string, sayWait: (wait: RunWait) => string): Progress {
  const bar = new SingleBar({
    format: BAR_FORMAT,
    stream: terminal.err,
    barsize: 24,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    fps: 10,
    gracefulExit: false,
    emptyOnZero: true,
  });
  bar.start(0, 0, { task: name, figures: '' });
  return {
    update: ({ run: { wait }, partsDone, partsTotal, read }) => {
      bar.setTotal(partsTotal);
      const figures = counted(read, 'record');
      bar.update(partsDone, { figures: wait === null ? figures : `${figures}, ${sayWait(wait)}` });
    },
    end: (outcome) => {
      bar.update({ figures: outcome });
      bar.stop();
    },
  };
}
