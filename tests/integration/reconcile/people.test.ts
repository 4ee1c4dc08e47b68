import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Centre, definition, group, openCentre, rejection } from './centre.js';
import { charge, person, place } from './people.js';

let centre: Centre;
beforeEach(async () => {
  centre = await openCentre();
});
afterEach(() => centre.dispose());

describe('adding and updating people', () => {
  it('adds them with their profile, links and history, once', async () => {
    await centre.sync('sync_groups', [{ rows: [group('G1')] }]);
    const amina = person('1', {
      birthDate: '2008-10-02',
      statusCode: 'A',
      email: 'amina@cfa.example',
      memberships: [place('G1'), place('G9')],
    });
    const first = await centre.sync('sync_students', [{ rows: [amina, person('2')] }]);
    expect(first).toMatchObject({
      state: 'succeeded',
      counts: { read: 2, created: 2, updated: 0, unchanged: 0, suspended: 0, rejected: 0 },
      links: { added: 2, removed: 0 },
    });
    const again = await centre.sync('sync_students', [{ rows: [amina, person('2')] }]);
    expect(again).toMatchObject({
      state: 'succeeded',
      counts: { read: 2, created: 0, updated: 0, unchanged: 2 },
      links: { added: 0, removed: 0 },
    });
    const users = await centre.rows(
      'SELECT code, email, netypareo_ouverage, netypareo_status, netypareo_usertype FROM users ORDER BY code',
    );
    expect(users).toEqual([
      {
        code: '1',
        email: 'amina@cfa.example',
        netypareo_ouverage: 'mineur',
        netypareo_status: 'A',
        netypareo_usertype: 'Apprenant',
      },
      {
        code: '2',
        email: null,
        netypareo_ouverage: '',
        netypareo_status: '',
        netypareo_usertype: 'Apprenant',
      },
    ]);
    expect(await centre.rows('SELECT group_code, active FROM memberships ORDER BY 1')).toEqual([
      { group_code: 'G1', active: true },
      { group_code: 'G9', active: false },
    ]);
  });
});
