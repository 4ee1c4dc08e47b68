import type { Database } from '@passerelle/db';

/**
 * The clock that all processes of a cluster have in common: the database's. Dates
 * come due by it, and runs begin and end by it, whatever this machine's own clock
 * says; between two looks at it time goes on by the steady clock of the machine,
 * which no correction makes jump.
 */
export interface ServerClock {
  /** The database's time; this machine's before the first look. */
  now: () => Date;
  /**
   * Looks at the database's clock.
   *
   * @returns how far this machine's own is ahead of it, in milliseconds; negative: behind
   */
  follow(database: Pick<Database, 'time'>): Promise<number>;
}

/** Taken before anything replaces it: what this machine's own clock says. */
const machineNow = Date.now.bind(Date);

/** Makes such a clock. */
export function createServerClock(): ServerClock {
  let aheadOfSteady: number | undefined;
  return {
    now: () =>
      new Date(
        aheadOfSteady === undefined ? machineNow() : Math.round(performance.now() + aheadOfSteady),
      ),
    follow: async (database) => {
      const askedAt = performance.now();
      const server = (await database.time()).getTime();
      const answeredAt = performance.now();
      // It was read somewhere in between.
      const current = server + (answeredAt - askedAt) / 2;
      aheadOfSteady = current - answeredAt;
      return Math.round(machineNow() - current);
    },
  };
}

/** How many parts of this process want it to go by the database's clock. */
let followers = 0;

/**
 * Makes all of this process go by a clock. BullMQ takes none: it asks `Date.now`
 * for when a lock ends and when a delayed job is due, and writes that where the
 * processes of other machines compare it with theirs.
 *
 * @returns ends it
 */
export function goByClock({ now }: Pick<ServerClock, 'now'>): () => void {
  followers += 1;
  Date.now = () => now().getTime();
  return () => {
    followers -= 1;
    if (followers === 0) Date.now = machineNow;
  };
}

/** A clock that is wrong by less is not worth a word. */
const TOLERATED_MS = 30_000;
const MINUTE_MS = 60_000;

/** What to say of this machine's clock; null where it is right. */
export function tellOfClock(aheadMs: number): { message: string; advice: string } | null {
  if (Math.abs(aheadMs) <= TOLERATED_MS) return null;
  const side = aheadMs > 0 ? 'ahead of' : 'behind';
  return {
    message: `The clock of this machine is ${inWords(Math.abs(aheadMs))} ${side} the database's.`,
    advice:
      "Schedules and runs go by the database's clock, so none is lost. Set the wrong one of the two " +
      'right and keep it so ("timedatectl set-ntp true").',
  };
}

function inWords(ms: number): string {
  if (ms < MINUTE_MS) return `${Math.round(ms / 1_000)} s`;
  const minutes = Math.round(ms / MINUTE_MS);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
