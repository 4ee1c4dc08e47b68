import {
  type IsoDate,
  latestSuspensionDay,
  todayIn,
  USER_KINDS,
  type UserKind,
} from '@passerelle/roster';
import type { SyncContext } from '../context.js';
import type { LeaversDue } from '../ports/personal-data.js';
import type { TaskState } from '../ports/task-store.js';
import { READING_OF } from '../why/field-rules.js';

type Deps = Pick<SyncContext, 'tasks' | 'personal' | 'leaving' | 'now' | 'timeZone' | 'log'>;

const HOUR_MS = 3_600_000;

/**
 * Erases those who have been suspended for as long as the setting says. Looks once an
 * hour, and while there are more takes a bounded number with each round. Time alone erases
 * nobody: the source must have been read whole, and well, since they were due.
 */
export function createLeaverErasing(deps: Deps): () => Promise<void> {
  const { personal, leaving, now, log } = deps;
  let lookedAt = Number.NEGATIVE_INFINITY;
  return async () => {
    const days = leaving.eraseAfterDays;
    if (days === null || performance.now() - lookedAt < HOUR_MS) return;
    const due = await findDue(deps);
    const reason = `Suspended for ${days} days (PASSERELLE_ERASE_AFTER_DAYS).`;
    const { erased, more } = await personal.eraseLeavers(due, reason, now());
    if (erased > 0) log.info({ erased }, 'people who left were erased');
    if (!more) lookedAt = performance.now();
  };
}

async function findDue({ tasks, leaving, now, timeZone }: Deps): Promise<LeaversDue> {
  const known = await tasks.listTasks();
  const today = todayIn(timeZone, now());
  const dueOf = (kind: UserKind): IsoDate | null => {
    const good = goodRunOf(known, kind);
    return latestSuspensionDay(today, good === null ? null : todayIn(timeZone, good), leaving);
  };
  const [student, teacher, tutor] = USER_KINDS.map(dueOf);
  return { student: student ?? null, teacher: teacher ?? null, tutor: tutor ?? null };
}

/** When the last good run for people of a kind began: dry, partial and held ones are none. */
function goodRunOf(tasks: readonly TaskState[], kind: UserKind): Date | null {
  return tasks.find(({ name }) => name === `sync_${READING_OF[kind]}`)?.lastRunAt ?? null;
}
