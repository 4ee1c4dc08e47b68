import {
  DEFAULT_USERTYPES,
  type GuardTexts,
  latestAdultBirthDate,
  type LeavingRules,
  type PlannedPart,
  type Rejection,
  type StagedBatch,
  type StagedDefinition,
  type StagedGroup,
  type StagedSite,
  type TaskName,
  TASKS,
} from '@passerelle/roster';
import type { ReconcileContext, Run } from '@passerelle/sync';
import { expect } from 'vitest';
import { AT_ONCE } from '../../support/leaving.js';
import { openTestDatabase } from '../db/open-test-database.js';

const TODAY = '2026-10-01';

/** What a part of a run brings: rows, rejections, or a failure to read it. */
export interface Part {
  rows?: StagedBatch['rows'];
  rejected?: Rejection[];
  fails?: string;
  /** It cannot be read for what is in it. */
  setAside?: true;
  scope?: Partial<Omit<PlannedPart, 'reading'>>;
  reading?: PlannedPart['reading'];
}

export type Centre = Awaited<ReturnType<typeof openCentre>>;

/**
 * A registry of the test's own, and runs against it without queue or source.
 * @param open opens it; as its owner by default
 */
export async function openCentre(open = openTestDatabase) {
  const db = await open();
  const rules = { leaving: AT_ONCE };

  /** Begins a run and stages its parts; returns its id. */
  const stage = async (
    task: TaskName,
    parts: Part[],
    siteCode?: string,
    dryRun = false,
    userId?: number,
  ): Promise<number> => {
    const request = {
      ...{ task, trigger: 'manual' as const, dryRun },
      ...(siteCode ? { siteCode } : {}),
      ...(userId === undefined ? {} : { userId }),
    };
    const { run } = await db.runs.requestRun(request, new Date());
    const planned = parts.map(({ scope, reading }) => ({
      reading: reading ?? TASKS[task].readings[0] ?? 'sites',
      periodCode: null,
      siteCode: null,
      groupCode: null,
      page: null,
      ...scope,
    }));
    await db.runs.startRun(run.id, planned, new Date());
    for (const [index, part] of parts.entries()) await stagePart(run.id, index + 1, part);
    return run.id;
  };

  /** One attempt at a part, from its beginning to its end. */
  const stagePart = async (runId: number, number: number, part: Part): Promise<void> => {
    const begun = await db.runs.beginPart(runId, number, new Date());
    if (begun === null) throw new Error(`Part ${number} cannot be begun.`);
    if (part.fails !== undefined) {
      const failure = { kind: 'overloaded', sentence: part.fails };
      await db.runs.failPart(runId, number, begun.attempt, failure, new Date());
      return;
    }
    if (part.setAside) {
      const unreadable = { ...rejection(null), reason: 'unreadable' };
      await db.runs.setPartAside(runId, number, begun.attempt, unreadable, [], new Date());
      return;
    }
    const stageOf = db.registry.openStage(runId, begun);
    const rows = part.rows ?? [];
    if (rows.length > 0) await stageOf.write(batchOf(begun.reading, rows));
    await stageOf.reject(part.rejected ?? []);
    const rejected = part.rejected?.length ?? 0;
    const read = rows.length + rejected;
    const figures = { read, staged: stageOf.staged(), rejected, bytes: 0, total: null };
    await db.runs.completePart(runId, number, begun.attempt, figures, [], new Date());
  };

  const reconcile = (runId: number, today = TODAY) =>
    db.registry.reconcile(runId, contextOf(today, rules.leaving));

  /** A whole run; its parts arrive, and it is applied. */
  const sync = async (task: TaskName, parts: Part[], today = TODAY): Promise<Run> => {
    const result = await reconcile(await stage(task, parts), today);
    expect(result.outcome).toBe('applied');
    if (result.outcome !== 'applied') throw new Error('unreachable');
    return result.run;
  };

  /** Likewise, but nothing is applied; the plan stays. */
  const rehearse = async (task: TaskName, parts: Part[], today = TODAY): Promise<Run> => {
    const result = await reconcile(await stage(task, parts, undefined, true), today);
    if (result.outcome !== 'applied') throw new Error(`The dry run was ${result.outcome}.`);
    return result.run;
  };

  /** A run of one learner alone, whose lists hold these records of theirs. */
  const syncLearner = async (code: string, parts: Part[]): Promise<Run> => {
    const place = await db.registry.whereabouts({ kind: 'student', code });
    const runId = await stage('sync_students', parts, undefined, false, place?.id);
    const result = await reconcile(runId);
    if (result.outcome !== 'applied') throw new Error(`The run was ${result.outcome}.`);
    return result.run;
  };

  const rows = async <Row extends object>(sql: string, ...values: unknown[]): Promise<Row[]> => {
    const result = await db.sql.query<Row>(sql, values);
    return result.rows;
  };

  /** Says what becomes of those who are missing; until the next test, at once suspended. */
  const setLeaving = (leaving: LeavingRules) => {
    rules.leaving = leaving;
  };

  /** Empties the registry for the next test; the tasks stay, with the default guards. */
  const reset = async () => {
    rules.leaving = AT_ONCE;
    // Both in one transaction: the audit refuses to be emptied otherwise.
    await db.sql.query(
      `SET LOCAL session_replication_role = replica;
       TRUNCATE ${TABLES.join(', ')} RESTART IDENTITY CASCADE`,
    );
    await db.sql.query(`UPDATE task_definitions SET guards = '{}'`);
    // The numbers of runs begin anew: what a test left unfinished must not be taken for theirs.
    const staged = await rows<{ name: string }>(
      `SELECT 'staging.' || tablename AS name FROM pg_tables WHERE schemaname = 'staging'`,
    );
    if (staged.length > 0) {
      await db.sql.query(`DROP TABLE ${staged.map(({ name }) => name).join(', ')}`);
    }
  };

  /** Sets guards of a task, as `tasks set` stores them. */
  const setGuards = (task: TaskName, guards: GuardTexts) =>
    db.sql.query('UPDATE task_definitions SET guards = $2 WHERE name = $1', [task, guards]);

  /** What the registry holds, without ids and times: equal for equal content. */
  const content = async () =>
    Object.fromEntries(
      await Promise.all(
        Object.entries(CONTENT).map(async ([name, sql]) => [name, await rows(sql)]),
      ),
    );
  const doing = { stage, stagePart, reconcile, sync, rehearse, syncLearner };
  return { ...db, ...doing, rows, reset, setGuards, setLeaving, content };
}

const TABLES = [
  ...['users', 'groups', 'sites', 'definitions', 'sync_runs', 'changes'],
  ...['erased_users', 'audit_events', 'quarantine', 'protections'],
];

const CONTENT = {
  users: `SELECT kind, code, login, last_name, first_name, email, birth_date::text, site_code,
      usertype_code, status_code, cursus_code, program_code, program_step_code, netypareo_usertype,
      netypareo_ouverage, netypareo_status, netypareo_cursus, netypareo_program,
      netypareo_program_step, status, content_hash, search_name, search_first_name
    FROM users ORDER BY kind, code`,
  memberships: `SELECT u.kind, u.code, m.group_kind, m.group_code, g.code AS group, m.role,
      m.starts_on::text, m.ends_on::text, m.active, m.removed_at IS NOT NULL AS removed
    FROM memberships m JOIN users u ON u.id = m.user_id LEFT JOIN groups g ON g.id = m.group_id
    ORDER BY u.kind, u.code, m.group_kind, m.group_code, m.role`,
  tutorships: `SELECT u.code, t.student_code, s.code AS student, t.company_code, t.company,
      t.starts_on::text, t.ends_on::text, t.active, t.removed_at IS NOT NULL AS removed
    FROM tutorships t JOIN users u ON u.id = t.tutor_id LEFT JOIN users s ON s.id = t.student_id
    ORDER BY u.code, t.student_code, t.company_code`,
  groups: `SELECT g.kind, g.code, g.name, g.site_code, s.code AS site, g.status, g.content_hash
    FROM groups g LEFT JOIN sites s ON s.id = g.site_id ORDER BY g.kind, g.code`,
  sites: 'SELECT code, name, status, content_hash FROM sites ORDER BY code',
  definitions: 'SELECT domain, code, label, status FROM definitions ORDER BY domain, code',
  changes: `SELECT entity, kind, before, after FROM changes ORDER BY id`,
};

/** What a run on that day knows of the day. */
export function contextOf(today: string, leaving = AT_ONCE): ReconcileContext {
  return {
    now: new Date(`${today}T02:30:00Z`),
    today,
    adultBornOnOrBefore: latestAdultBirthDate(today),
    defaultUsertypes: DEFAULT_USERTYPES,
    leaving,
  };
}

function batchOf(reading: string, rows: StagedBatch['rows']): StagedBatch {
  if (reading === 'sites') return { of: 'sites', rows: rows as StagedSite[] };
  if (reading.endsWith('groups')) return { of: 'groups', rows: rows as StagedGroup[] };
  if (reading.startsWith('definitions')) {
    return { of: 'definitions', rows: rows as StagedDefinition[] };
  }
  return { of: 'people', rows } as StagedBatch;
}

export function site(code: string, name = `Site ${code}`): StagedSite {
  return { code, name, shortName: null, hash: name };
}

export function group(code: string, said: Partial<StagedGroup> = {}): StagedGroup {
  const row: StagedGroup = {
    kind: 'initial',
    code,
    name: `Groupe ${code}`,
    shortName: null,
    periodCode: null,
    siteCode: null,
    programCode: null,
    startsOn: null,
    endsOn: null,
    hash: '',
    ...said,
  };
  return { ...row, hash: said.hash ?? JSON.stringify(row) };
}

export function definition(domain: string, code: string, label: string): StagedDefinition {
  return { domain, code, label, startsOn: null, endsOn: null, hash: label };
}

/** A school year, to the day. */
export function period(code: string, startsOn: string, endsOn: string): StagedDefinition {
  return { ...definition('period', code, `Année ${code}`), startsOn, endsOn };
}

/** A record set aside. */
export function rejection(code: string | null): Rejection {
  return { ordinal: 1, code, reason: 'bad_date', path: 'birthDate', message: 'Not a date.' };
}
