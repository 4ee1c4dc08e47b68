import { createSource, loadContract, type NetypareoSource } from '@passerelle/netypareo';
import { todayIn } from '@passerelle/roster';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandRoom, createCommandRoom } from '../support/cli.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { ACCOUNT, CONTRACT, type PhpCentre, settingsFor, startPhpCentre } from './php-centre.js';
import { runShape } from './shapes.js';

let centre: PhpCentre;
let database: TestDatabase;
let room: CommandRoom;

beforeAll(async () => {
  centre = await startPhpCentre(todayIn('Europe/Paris', new Date()));
  database = await createTestDatabase();
  room = await createCommandRoom(settingsFor(centre, database));
  await room.runHere('migrate');
});

afterAll(async () => {
  await room.remove();
  await database.drop();
  await centre.stop();
});

describe('signing in', () => {
  it('says what to check when the password is wrong, and asks only once', async () => {
    const other = await createTestDatabase();
    const wrong = await createCommandRoom({
      ...settingsFor(centre, other),
      NETYPAREO_PASSWORD: 'clé',
    });
    const { refused } = centre.sessions();
    try {
      await wrong.runHere('migrate');
      const { code, stdout } = await wrong.runHere('tasks', 'run', 'sync_sites', '--json');
      const { state, error } = runShape.parse(JSON.parse(stdout));
      expect({ code, state }).toEqual({ code: 1, state: 'failed' });
      expect(error).toMatch(/refused .* connexion.*NETYPAREO_USERNAME, NETYPAREO_PASSWORD/);
      expect(await errorKinds(other)).toEqual([{ error_kind: 'refused_sign_in' }]);
      expect(centre.sessions().refused).toBe(refused + 1);

      const { stderr } = await wrong.runHere('source', 'check');
      expect(stderr).toContain('its text "Compte ou clé erronés"');
    } finally {
      await wrong.remove();
      await other.drop();
    }
  });

  async function errorKinds({ url }: TestDatabase): Promise<unknown[]> {
    const own = new pg.Client({ connectionString: url });
    await own.connect();
    const { rows } = await own.query<{ error_kind: string }>(`SELECT error_kind FROM sync_runs`);
    await own.end();
    return rows;
  }
});

describe('what an integrator sees of it', () => {
  it('is its operations, and whether the contract fits', async () => {
    const { stdout } = await room.runHere('source', 'inspect');
    expect(stdout).toContain('controleAcces  (Centre, CentrePort)');
    expect(await room.jsonHere('source', 'check')).toEqual({
      contract: 'the PHP centre',
      operations: 10,
      signedIn: true,
      problems: [],
      login: null,
    });
  });

  it('is the structure of an answer without its values', async () => {
    const year = String(centre.truth().definitions[0]?.['code']);
    const students = ['source', 'sample', 'students', '--period', year, '--site'];
    const { stdout } = await room.runHere(...students, '3', '--limit', '2');
    for (const [path, looksLike] of [
      ['return.*.@key', 'number'],
      ['return.*.contact.mail', 'null, empty, text'],
      ['return.*.parcours', 'list, structure'],
      ['return.*.parcours.*.filiere.id', 'text'],
    ]) {
      expect(stdout).toMatch(new RegExp(`^${path?.replaceAll('*', '\\*')} +${looksLike} `, 'm'));
    }
    expect(stdout).not.toMatch(/^return\.\*\.parcours\.annee/m);
    expect(stdout).not.toMatch(/99900\d{10}|zq7/);

    expect((await room.runHere(...students, '12')).stdout).toContain('The list is there and empty');
  });

  it.each([
    ['sésame & <co>', 0, 'The login is good.'],
    ['sésame', 0, 'The login is not good.'],
  ])('is what it says of a login with %s', async (password, code, sentence) => {
    const answer = await room.typeHere(`${password}\n`, 'source', 'check', '--login', 'e41014');
    expect(answer).toMatchObject({ code, stdout: expect.stringContaining(sentence) as string });
    expect(answer.stdout + answer.stderr).not.toContain('sésame');
  });
});

describe('checking a login', () => {
  let source: NetypareoSource;
  const check = (username: string, password: string): Promise<'yes' | 'no'> =>
    source.validateLogin(username, password, new AbortController().signal);

  beforeAll(async () => {
    source = createSource({
      contract: await loadContract(CONTRACT),
      wsdl: centre.wsdl,
      credentials: ACCOUNT,
      gate: { pass: (_call, work, signal) => work(signal) },
      now: Date.now,
      log: { debug: () => {}, warn: () => {} },
    });
  });
  afterAll(() => source.close());

  it('tells a good password from a wrong one', async () => {
    expect(await check('e41014', 'sésame & <co>')).toBe('yes');
    expect(await check('e41014', 'sésame & co')).toBe('no');
    expect(await check('nobody', 'sésame & <co>')).toBe('no');
  });

  it.each([
    ['a suspended account', 'e41021', 'contract_mismatch'],
    ['a directory that is down', 'annuaire-en-panne', 'soap_fault'],
  ])('cannot tell of %s', async (_of, username, kind) => {
    await expect(check(username, 'x')).rejects.toMatchObject({ name: 'SourceError', kind });
  });
});
