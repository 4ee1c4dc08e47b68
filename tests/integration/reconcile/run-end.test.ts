import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Centre, openCentre } from './centre.js';
import { person, place } from './people.js';

let centre: Centre;
beforeAll(async () => {
  centre = await openCentre();
});
beforeEach(() => centre.reset());
afterAll(() => centre.dispose());

const people = (...codes: string[]) =>
  codes.map((code) => person(code, { memberships: [place('G1')] }));
const stagingTables = () =>
  centre.rows(`SELECT tablename FROM pg_tables WHERE schemaname = 'staging'`);

describe('a run that was reconciled', () => {
  it('answers again as before, and has left no staging', async () => {
    const runId = await centre.stage('sync_students', [{ rows: people('1', '2') }]);
    const first = await centre.reconcile(runId);
    const content = await centre.content();
    expect(await centre.reconcile(runId)).toEqual(first);
    expect(await centre.content()).toEqual(content);
    expect(await stagingTables()).toEqual([]);
  });

  it('is applied once when two workers reconcile it at the same time', async () => {
    const runId = await centre.stage('sync_students', [{ rows: people('1', '2') }]);
    const [one, other] = await Promise.all([centre.reconcile(runId), centre.reconcile(runId)]);
    expect(one).toEqual(other);
    expect((await centre.content())['changes']).toHaveLength(4);
  });

  it('refuses what is still being staged for it', async () => {
    const runId = await centre.stage('sync_students', [{ rows: people('1') }]);
    const [part] = await centre.runs.listParts(runId);
    await centre.reconcile(runId);
    if (part === undefined) throw new Error('no part');
    const late = centre.registry.openStage(runId, part);
    await expect(late.write({ of: 'people', rows: people('2') })).rejects.toThrow(
      `Run ${runId} has ended: what is still being read for it is thrown away.`,
    );
  });
});

describe('a run that must not be applied', () => {
  it('stops when it was cancelled', async () => {
    const runId = await centre.stage('sync_students', [{ rows: people('1') }]);
    await centre.runs.endRun(runId, 'cancelled', null, new Date());
    expect(await centre.reconcile(runId)).toEqual({ outcome: 'stopped' });
    expect(await centre.reconcile(runId + 1)).toEqual({ outcome: 'stopped' });
    expect((await centre.content())['users']).toEqual([]);
  });

  it.each(['users', 'memberships', 'changes', 'sync_runs'])(
    'leaves everything as it was when it dies while writing %s',
    async (table) => {
      await centre.sync('sync_students', [{ rows: people('1', '2') }]);
      const before = await centre.content();
      const next = [...people('2', '3'), person('4')];
      const runId = await centre.stage('sync_students', [{ rows: next }]);
      await centre.sql.query(`
        CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
        CREATE TRIGGER die AFTER INSERT OR UPDATE ON ${table} EXECUTE FUNCTION die();
        ALTER TABLE ${table} ENABLE ALWAYS TRIGGER die`);
      await expect(centre.reconcile(runId)).rejects.toThrow(/The database cannot be reached/);
      await centre.sql.query('DROP FUNCTION die CASCADE');
      expect(await centre.content()).toEqual(before);
      expect(await centre.runs.getRun(runId)).toMatchObject({ state: 'running' });
      expect(await centre.reconcile(runId)).toMatchObject({
        run: {
          state: 'succeeded',
          counts: { read: 3, created: 2, unchanged: 1, suspended: 1 },
          links: { added: 1, removed: 1 },
        },
      });
    },
  );
});

describe('staged rows that are not what the parts left there', () => {
  it('are read again when a crash of the server emptied the tables', async () => {
    const parts = [{ rows: people('1', '2') }, { rows: people('3') }, { rows: [] }];
    const runId = await centre.stage('sync_students', parts);
    await centre.sql.query(
      `TRUNCATE staging.run_${runId}_people, staging.run_${runId}_memberships`,
    );
    expect(await centre.reconcile(runId)).toEqual({ outcome: 'restage', partNumbers: [1, 2] });
    expect((await centre.content())['users']).toEqual([]);
    await centre.stagePart(runId, 1, { rows: people('1', '2') });
    await centre.stagePart(runId, 2, { rows: people('3') });
    expect(await centre.reconcile(runId)).toMatchObject({ run: { counts: { created: 3 } } });
  });

  it('are read again when a table is missing', async () => {
    const runId = await centre.stage('sync_students', [{ rows: people('1') }]);
    await centre.sql.query(`DROP TABLE staging.run_${runId}_memberships`);
    expect(await centre.reconcile(runId)).toEqual({ outcome: 'restage', partNumbers: [1] });
    await centre.stagePart(runId, 1, { rows: people('1') });
    expect(await centre.reconcile(runId)).toMatchObject({
      run: { counts: { created: 1 }, links: { added: 1 } },
    });
  });

  it('do not count when they come from an attempt that was given up', async () => {
    const runId = await centre.stage('sync_students', [{ rows: people('1') }]);
    const [done] = await centre.runs.listParts(runId);
    if (done === undefined) throw new Error('no part');
    const late = centre.registry.openStage(runId, { ...done, attempt: 0 });
    await late.write({ of: 'people', rows: people('1', '9') });
    expect(await centre.reconcile(runId)).toMatchObject({
      outcome: 'applied',
      run: { counts: { read: 1, created: 1 } },
    });
  });

  it('of a part that has not ended are waited for', async () => {
    const runId = await centre.stage('sync_students', [{ rows: people('1') }]);
    await centre.sql.query(`UPDATE sync_run_parts SET state = 'running' WHERE run_id = $1`, [
      runId,
    ]);
    expect(await centre.reconcile(runId)).toEqual({ outcome: 'restage', partNumbers: [1] });
  });

  it('go with the next attempt, rejections too', async () => {
    const runId = await centre.stage('sync_students', [{ rows: people('1', '2') }]);
    await centre.sql.query(`UPDATE sync_run_parts SET state = 'pending' WHERE run_id = $1`, [
      runId,
    ]);
    await centre.stagePart(runId, 1, { rows: people('3') });
    expect(await centre.rows(`SELECT code FROM staging.run_${runId}_people`)).toEqual([
      { code: '3' },
    ]);
  });
});

describe('sweeping', () => {
  it('drops what belongs to no run under way', async () => {
    await centre.stage('sync_students', [{ rows: people('1') }]);
    await centre.sql.query('CREATE TABLE staging.run_99_sites (part int)');
    expect(await centre.runs.sweepStaging()).toBe(1);
    expect(await stagingTables()).toHaveLength(4);
  });
});
