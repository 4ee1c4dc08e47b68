import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Centre, definition, group, openCentre, rejection, site } from './centre.js';

let centre: Centre;
beforeAll(async () => {
  centre = await openCentre();
});
beforeEach(() => centre.reset());
afterAll(() => centre.dispose());

describe('sites and groups', () => {
  it('are added, changed, suspended and restored, with their history', async () => {
    await centre.sync('sync_sites', [{ rows: [site('1'), site('2')] }]);
    const run = await centre.sync('sync_sites', [{ rows: [site('1', 'Évreux'), site('3')] }]);
    expect(run).toMatchObject({
      state: 'succeeded',
      counts: { read: 2, created: 1, updated: 1, unchanged: 0, suspended: 1 },
    });
    await centre.sync('sync_sites', [{ rows: [site('1', 'Évreux'), site('2'), site('3')] }]);
    expect(await centre.content()).toMatchObject({
      sites: [
        { code: '1', name: 'Évreux', status: 'active' },
        { code: '2', status: 'active' },
        { code: '3', status: 'active' },
      ],
      changes: [
        { kind: 'created' },
        { kind: 'created' },
        { kind: 'created', after: { code: '3' } },
        { kind: 'updated', before: { name: 'Site 1' }, after: { name: 'Évreux' } },
        { kind: 'suspended' },
        { kind: 'restored', before: { status: 'suspended' }, after: { status: 'active' } },
      ],
    });
  });

  it('find each other whichever comes first', async () => {
    await centre.sync('sync_groups', [{ rows: [group('G1', { siteCode: '1' })] }]);
    const run = await centre.sync('sync_sites', [{ rows: [site('1')] }]);
    expect(run.counts).toMatchObject({ read: 1, created: 1, updated: 0 });
    await centre.sync('sync_pdgroups', [
      { rows: [group('F1', { kind: 'continuing', siteCode: '1' })] },
    ]);
    expect((await centre.content())['groups']).toMatchObject([{ site: '1' }, { site: '1' }]);
  });

  it('of the other kind are not taken for gone', async () => {
    await centre.sync('sync_groups', [{ rows: [group('1')] }]);
    await centre.sync('sync_pdgroups', [{ rows: [group('1', { kind: 'continuing' })] }]);
    expect((await centre.content())['groups']).toMatchObject([
      { kind: 'initial', status: 'active' },
      { kind: 'continuing', status: 'active' },
    ]);
  });

  it('are held when none, or none of a site, comes back', async () => {
    const rows = [group('1', { siteCode: 'N' }), group('2', { siteCode: 'S' })];
    await centre.sync('sync_groups', [{ rows }]);
    const north = await centre.sync('sync_groups', [{ rows: rows.slice(1) }]);
    expect(north).toMatchObject({
      state: 'held',
      holdReason: 'Removals are held back. None of the 1 active groups of site N came back.',
    });
    const all = await centre.sync('sync_groups', [{ rows: [] }]);
    expect(all.holdReason).toContain('None of the 2 active groups came back.');
    expect((await centre.content())['groups']).toMatchObject([
      { status: 'active' },
      { status: 'active' },
    ]);
  });

  it('of several parts count once; of differing records the greatest hash counts', async () => {
    const parts = [
      { rows: [group('1', { name: 'A', hash: 'a' })] },
      { rows: [group('1', { name: 'B', hash: 'b' }), group('2')] },
      { rows: [group('1', { name: 'A', hash: 'a' })] },
    ];
    const run = await centre.sync('sync_groups', parts);
    expect(run.counts).toMatchObject({ read: 2, created: 2 });
    const again = await centre.sync('sync_groups', parts.reverse());
    expect(again.counts).toMatchObject({ read: 2, unchanged: 2 });
    expect((await centre.content())['groups']).toMatchObject([{ name: 'B' }, {}]);
  });
});

describe('definitions', () => {
  const rows = [definition('status', 'A', 'apprenti'), definition('status', 'B', 'auditeur')];

  it('are counted over all domains; a domain that comes back empty is held', async () => {
    const run = await centre.sync('update_caches', [
      { reading: 'definitions.status', rows },
      { reading: 'definitions.cursus', rows: [definition('cursus', 'A', 'BTS1')] },
    ]);
    expect(run.counts).toMatchObject({ read: 3, created: 3 });
    const held = await centre.sync('update_caches', [
      { reading: 'definitions.status', rows: rows.slice(1) },
      { reading: 'definitions.cursus', rows: [] },
    ]);
    expect(held).toMatchObject({ state: 'held', counts: { read: 1, suspended: 0 } });
    expect(held.holdReason).toContain('None of the 1 active definitions of cursus came back.');
  });

  it('set aside are not taken for gone, in their own domain', async () => {
    const cursus = [definition('cursus', 'A', 'BTS1'), definition('cursus', 'B', 'BTS2')];
    await centre.sync('update_caches', [
      { reading: 'definitions.status', rows },
      { reading: 'definitions.cursus', rows: cursus },
    ]);
    const run = await centre.sync('update_caches', [
      { reading: 'definitions.status', rows: rows.slice(1), rejected: [rejection('A')] },
      { reading: 'definitions.cursus', rows: cursus.slice(1) },
    ]);
    expect(run.counts).toMatchObject({ read: 3, unchanged: 2, rejected: 1, suspended: 1 });
    expect((await centre.content())['definitions']).toMatchObject([
      { domain: 'cursus', code: 'A', status: 'suspended' },
      { status: 'active' },
      { domain: 'status', code: 'A', status: 'active' },
      { status: 'active' },
    ]);
  });
});
