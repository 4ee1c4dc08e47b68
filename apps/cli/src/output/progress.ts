import { SingleBar } from 'cli-progress';
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

/** A bar where a person watches, else one line at the end. */
export function createProgress(terminal: Terminal, task: string): Progress {
  const name = task.padEnd(NAME_WIDTH);
  if (terminal.err.isTTY === true) return createBar(terminal, name);
  return { update: () => undefined, end: (outcome) => note(terminal, `${name} ${outcome}`) };
}

function createBar(terminal: Terminal, name: string): Progress {
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
    update: ({ partsDone, partsTotal, read }) => {
      bar.setTotal(partsTotal);
      bar.update(partsDone, { figures: counted(read, 'record') });
    },
    end: (outcome) => {
      bar.update({ figures: outcome });
      bar.stop();
    },
  };
}
