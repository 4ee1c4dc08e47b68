import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningCommand } from '../../support/cli.js';
import type { Rig } from './rig.js';

/** The clock of a machine that is not the database's. */
export interface OffClock {
  /** Sets it this much ahead of the true time, from now on. */
  set(aheadMs: number): Promise<void>;
  /** Starts a process on that machine. */
  start(rig: Rig, role: 'worker' | 'scheduler'): Promise<RunningCommand>;
  /** What a command says there. */
  run(rig: Rig, ...args: string[]): Promise<string>;
  remove(): Promise<void>;
}

const PRELOAD = new URL('off-clock.mjs', import.meta.url).href;

/** Makes one, which is right at first unless told otherwise. */
export async function createOffClock(aheadMs = 0): Promise<OffClock> {
  const directory = await mkdtemp(join(tmpdir(), 'passerelle-clock-'));
  const file = join(directory, 'ahead-ms');
  const set = async (ms: number): Promise<void> => {
    await writeFile(`${file}.new`, String(ms));
    await rename(`${file}.new`, file);
  };
  await set(aheadMs);
  /** Whatever is launched before the first wait is launched there. */
  const there = async <Result>({ room }: Rig, launch: () => Promise<Result>): Promise<Result> => {
    room.set({ NODE_OPTIONS: `--import=${PRELOAD}`, OFF_CLOCK_FILE: file });
    const launched = launch();
    room.set({ NODE_OPTIONS: undefined, OFF_CLOCK_FILE: undefined });
    return launched;
  };
  return {
    set,
    start: (rig, role) => there(rig, () => rig.start(role)),
    run: async (rig, ...args) => (await there(rig, () => rig.room.run(...args))).stdout,
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
