import {
  CHANGE_KINDS,
  CHANGED_ENTITIES,
  type ChangedEntity,
  type ChangeKind,
  GROUP_KINDS,
} from '@passerelle/roster';
import type { PlanFilter } from '@passerelle/sync';
import type { Command } from 'commander';
import { oneOf } from '../options.js';
import { parseReference } from '../runtime/find-user.js';

/** Which changes of a run are asked for. */
export interface FilterOptions {
  entity?: ChangedEntity;
  kind?: ChangeKind;
  site?: string;
  group?: string;
  user?: string;
}

/** Adds the options that select changes. */
export function addFilterOptions(command: Command): Command {
  return command
    .option(
      '--entity <entity>',
      `of ${CHANGED_ENTITIES.join(', ')}`,
      oneOf('entity', CHANGED_ENTITIES),
    )
    .option('--kind <kind>', CHANGE_KINDS.join(', '), oneOf('kind of change', CHANGE_KINDS))
    .option('--site <code>', 'of this site only')
    .option('--group <group>', 'of this group only: its code, or initial:CODE, continuing:CODE')
    .option('--user <user>', 'of this person only: kind:code, or a code');
}

/** @throws UsageError for a kind of user that there isn't */
export function toPlanFilter({ entity, kind, site, group, user }: FilterOptions): PlanFilter {
  return {
    ...(entity === undefined ? {} : { entity }),
    ...(kind === undefined ? {} : { kind }),
    ...(site === undefined ? {} : { siteCode: site }),
    ...(group === undefined ? {} : { group: parseGroup(group) }),
    ...(user === undefined ? {} : { user: toUserFilter(user) }),
  };
}

/** `initial:G1`, `continuing:F2`, or a code of either. */
export function parseGroup(text: string): NonNullable<PlanFilter['group']> {
  const kind = GROUP_KINDS.find((known) => text.startsWith(`${known}:`));
  return kind === undefined ? { code: text } : { kind, code: text.slice(kind.length + 1) };
}

function toUserFilter(text: string): NonNullable<PlanFilter['user']> {
  const { kind, codeOrLogin: code } = parseReference(text);
  return { code, ...(kind === undefined ? {} : { kind }) };
}
