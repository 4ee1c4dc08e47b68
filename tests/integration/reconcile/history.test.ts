import { createSource, loadContract } from '@passerelle/netypareo';
import { explainUser, type UserReasons } from '@passerelle/sync';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Centre, definition, group, openCentre } from './centre.js';
import { charge, person, place } from './people.js';

let centre: Centre;
let source: ReturnType<typeof createSource>;
beforeAll(async () => {
  centre = await openCentre();
  source = createSource({
    ...{ contract: await loadContract(undefined), wsdl: '', credentials: {}, now: () => 0 },
    gate: { pass: () => Promise.reject(new Error('Nothing is to be called.')) },
    log: { debug: () => {}, warn: () => {} },
  });
});
beforeEach(() => centre.reset());
afterAll(() => centre.dispose());

/** Three days: she comes, changes, and goes. */
const liveThrough = async () => {
  await centre.sync('update_caches', [
    {
      reading: 'definitions.status',
      rows: [definition('status', '3', 'apprenti'), definition('status', '4', 'inscrit')],
    },
  ]);
  await centre.sync('sync_groups', [{ rows: [group('G1'), group('G2')] }]);
  const first = person('1', {
    birthDate: '2009-05-01',
    statusCode: '3',
    memberships: [place('G1')],
  });
  const other = person('2', { memberships: [place('G1'), place('G2')] });
  const came = await centre.sync('sync_students', [{ rows: [first, other] }], '2026-10-01');
  const tutor = person('7', { tutorships: [charge('1')] });
  const tutored = await centre.sync('sync_tutors', [{ rows: [tutor] }], '2026-10-01');
  const second = { ...first, statusCode: '4', memberships: [place('G2')], hash: 'second' };
  const changed = await centre.sync('sync_students', [{ rows: [second, other] }], '2026-10-02');
  const grown = await centre.sync('sync_students', [{ rows: [second, other] }], '2027-05-01');
  const gone = await centre.sync('sync_students', [{ rows: [other] }], '2027-06-01');
  return {
    came: came.id,
    tutored: tutored.id,
    changed: changed.id,
    grown: grown.id,
    gone: gone.id,
  };
};

const explain = async (code: string): Promise<UserReasons> => {
  const reasons = await explainUser({ plans: centre.plans, source }, 'student', code);
  if (reasons === null) throw new Error('nobody');
  return reasons;
};

const fieldOf = (reasons: UserReasons, name: string) =>
  reasons.fields.find((field) => field.name === name);

describe('a history', () => {
  it('of a person holds every change of theirs and of their links, newest first', async () => {
    const runs = await liveThrough();
    const subject = { of: 'user', kind: 'student', code: '1' } as const;
    const page = await centre.plans.history(subject, { limit: 100 });
    const told = page?.items.map(({ runId, kind, ref }) => `${runId} ${kind} ${ref}`) ?? [];
    expect(page?.nextCursor).toBeNull();
    expect(told.toSorted()).toEqual(
      [
        `${runs.came} created student:1`,
        `${runs.came} created student:1/initial:G1`,
        `${runs.tutored} created tutor:7/student:1@C1`,
        `${runs.changed} updated student:1`,
        `${runs.changed} created student:1/initial:G2`,
        `${runs.changed} removed student:1/initial:G1`,
        `${runs.grown} updated student:1`,
        `${runs.gone} suspended student:1`,
        `${runs.gone} removed student:1/initial:G2`,
        `${runs.gone} updated tutor:7/student:1@C1`,
      ].toSorted(),
    );
    const order = page?.items.map(({ runId }) => runId ?? 0) ?? [];
    expect(order).toEqual(order.toSorted((a, b) => b - a));
    expect(page?.items.find(({ runId }) => runId === runs.grown)).toMatchObject({
      ...{ task: 'sync_students', trigger: 'manual', at: new Date('2027-05-01T02:30:00Z') },
      before: { netypareo_ouverage: 'mineur' },
      after: { netypareo_ouverage: 'majeur' },
    });
  });

  it('comes in pages that together are all of it', async () => {
    await liveThrough();
    const subject = { of: 'user', kind: 'student', code: '1' } as const;
    const whole = await centre.plans.history(subject, { limit: 100 });
    const first = await centre.plans.history(subject, { limit: 6 });
    const rest = await centre.plans.history(subject, {
      limit: 6,
      cursor: first?.nextCursor ?? '',
    });
    expect([...(first?.items ?? []), ...(rest?.items ?? [])]).toEqual(whole?.items);
    expect(rest?.nextCursor).toBeNull();
  });

  it('of a group holds who came and who left', async () => {
    const runs = await liveThrough();
    const subject = { of: 'group', kind: 'initial', code: 'G1' } as const;
    const page = await centre.plans.history(subject, { limit: 100 });
    expect(page?.items.map(({ kind, ref }) => `${kind} ${ref}`).toSorted()).toEqual([
      'created initial:G1',
      'created student:1/initial:G1',
      'created student:2/initial:G1',
      'removed student:1/initial:G1',
    ]);
    expect(page?.items[0]).toMatchObject({ kind: 'removed', runId: runs.changed });
  });

  it('of nobody is none', async () => {
    const subject = { of: 'user', kind: 'tutor', code: '1' } as const;
    expect(await centre.plans.history(subject, { limit: 1 })).toBeNull();
  });
});

describe('why', () => {
  it('names for each field the path, the rule and the run that set it', async () => {
    const runs = await liveThrough();
    const reasons = await explain('1');
    expect(fieldOf(reasons, 'last_name')).toMatchObject({
      ...{ value: 'Nom1', operation: 'getApprenants', paths: ['nomApprenant'] },
      rule: { en: 'as the record says' },
      origin: { runId: runs.came, task: 'sync_students', trigger: 'manual' },
    });
    expect(fieldOf(reasons, 'email')).toMatchObject({
      ...{ value: null, paths: ['adresse.email'], origin: { runId: runs.came } },
    });
    expect(fieldOf(reasons, 'status_code')).toMatchObject({
      ...{ value: '4', paths: ['inscriptions.codeStatut'], origin: { runId: runs.changed } },
    });
    expect(fieldOf(reasons, 'status_code')?.rule.fr).toContain(
      'celle que inscriptions.isInscriptionEnCours désigne',
    );
    expect(fieldOf(reasons, 'netypareo_status')).toMatchObject({
      ...{ value: 'inscrit', operation: 'getStatuts', paths: ['nomStatut'] },
      rule: { en: 'label of status code 4 in the definition cache' },
      origin: { runId: runs.changed },
    });
    expect(fieldOf(reasons, 'netypareo_ouverage')).toMatchObject({
      ...{ value: 'majeur', paths: ['dateNaissance'], origin: { runId: runs.grown } },
    });
    expect(fieldOf(reasons, 'netypareo_program')?.rule.en).toBe('no programme code is given');
  });

  it('says since when someone is suspended, and by which run', async () => {
    const runs = await liveThrough();
    const reasons = await explain('1');
    expect(reasons).toMatchObject({
      ...{ status: 'suspended', missingSince: new Date('2027-06-01T02:30:00Z') },
    });
    expect(fieldOf(reasons, 'status')).toMatchObject({
      ...{ value: 'suspended', origin: { runId: runs.gone } },
    });
  });

  it('names for each link what added or removed it', async () => {
    const runs = await liveThrough();
    const { links } = await explain('1');
    expect(links).toMatchObject([
      {
        ref: 'student:1/initial:G1',
        removedAt: new Date('2026-10-02T02:30:00Z'),
        ...{ since: { runId: runs.changed }, origin: { runId: runs.changed } },
      },
      { ref: 'student:1/initial:G2', since: { runId: runs.gone } },
      {
        ref: 'tutor:7/student:1@C1',
        ...{ operation: 'getTuteurs', removedAt: null },
        ...{ since: { runId: runs.tutored }, origin: { runId: runs.gone } },
      },
    ]);
    const [left] = links;
    expect(left?.rule.en).toContain('is gone');
    const { links: kept } = await explain('2');
    expect(kept[0]).toMatchObject({
      ref: 'student:2/initial:G1',
      paths: ['inscriptions.codeGroupe', 'inscriptions.dateDebut', 'inscriptions.dateDepart'],
      since: { runId: runs.came },
    });
    expect(kept[0]?.rule.en).toContain('its dates contain the day of the run');
  });

  it('goes on when the run or the change is no longer kept', async () => {
    await liveThrough();
    await centre.sql.query('DELETE FROM sync_runs');
    expect(fieldOf(await explain('1'), 'login')).toMatchObject({
      origin: { task: null, trigger: null },
    });
    await centre.sql.query('DELETE FROM changes');
    const reasons = await explain('1');
    expect(reasons.fields.every(({ origin }) => origin === null)).toBe(true);
    expect(reasons.links.every(({ since }) => since === null)).toBe(true);
  });
});
