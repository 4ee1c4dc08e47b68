import type { StagedBatch } from '@passerelle/roster';
import type { PartStage, RunPart } from '@passerelle/sync';
import { isMissingTable, StagingGone } from './errors.js';
import { createKnownKinds, type KnownKinds } from './known-kinds.js';
import { rejectRecords } from './reject-records.js';
import { stageDefinitions, stageGroups, stageSites } from './stage-lists.js';
import { type Stamp, stagePeople } from './stage-people.js';
import type { SqlClient } from './tables.js';
import { userKindOf } from './user-kinds.js';

/** Rows a statement takes: beyond, its parse costs more than the round trip it saves. */
const ROWS_PER_STATEMENT = 1000;

/** Opens the place where the current attempt of a part leaves its rows. */
export type OpenStage = (runId: number, part: RunPart) => PartStage;

/** Staging over one database. */
export function createOpenStage(db: SqlClient): OpenStage {
  const knownKinds = createKnownKinds(db);
  return (runId, part) => openStage({ db, knownKinds }, runId, part);
}

interface Deps {
  db: SqlClient;
  knownKinds: KnownKinds;
}

function openStage(deps: Deps, runId: number, part: RunPart): PartStage {
  const stamp: Stamp = { runId, part: part.number, attempt: part.attempt };
  let staged = 0;
  const sayGone = (error: unknown): never => {
    throw isMissingTable(error) ? new StagingGone(runId) : error;
  };
  return {
    async write(batch) {
      for (let from = 0; from < batch.rows.length; from += ROWS_PER_STATEMENT) {
        const until = from + ROWS_PER_STATEMENT;
        const rows = await stageRows(deps, stamp, part, batch, from, until).catch(sayGone);
        staged += rows; // after the wait: calls may overlap
      }
    },
    async reject(rejections) {
      if (rejections.length === 0) return;
      await rejectRecords(deps.db, stamp, part.reading, rejections).catch(sayGone);
    },
    staged: () => staged,
  };
}

function stageRows(
  { db, knownKinds }: Deps,
  stamp: Stamp,
  part: RunPart,
  batch: StagedBatch,
  from: number,
  until: number,
): Promise<number> {
  switch (batch.of) {
    case 'sites':
      return stageSites(db, stamp, batch.rows.slice(from, until));
    case 'groups':
      return stageGroups(db, stamp, batch.rows.slice(from, until));
    case 'definitions':
      return stageDefinitions(db, stamp, batch.rows.slice(from, until));
    case 'people': {
      const kind = userKindOf(part.reading);
      if (kind === null) throw new TypeError(`A part of ${part.reading} brings no people.`);
      return stagePeople(db, stamp, kind, knownKinds, batch.rows.slice(from, until));
    }
  }
}
