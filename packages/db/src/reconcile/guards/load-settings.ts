import { GUARD_DEFAULTS, type GuardSettings, parseGuards } from '@passerelle/roster';
import type { SqlClient } from '../../staging/tables.js';

/** The guards of a task. What another version of the program stored and this one cannot read has its defaults. */
export async function loadGuardSettings(tx: SqlClient, task: string): Promise<GuardSettings> {
  const [row] = await tx.$queryRawUnsafe<{ guards: unknown }[]>(
    'SELECT guards FROM task_definitions WHERE name = $1::text',
    task,
  );
  const parsed = parseGuards(toTexts(row?.guards));
  return parsed.ok ? parsed.settings : GUARD_DEFAULTS;
}

/** The texts in a `jsonb` object. */
export function toTexts(json: unknown): Record<string, string> {
  if (typeof json !== 'object' || json === null) return {};
  return Object.fromEntries(
    Object.entries(json).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
