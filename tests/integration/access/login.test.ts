import { parseFault } from '@passerelle/simulator';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { accountOf, createLoginRig, type LoginRig } from '../../support/logins.js';

const signal = () => new AbortController().signal;
let rig: LoginRig;

beforeAll(async () => {
  rig = await createLoginRig();
  // It knows the WSDL from then on.
  await rig.logIn('nobody', 'nothing');
});
afterAll(() => rig.dispose());
beforeEach(() => rig.simulator.control({ reset: true }));
afterEach(async () => {
  rig.simulator.control({ faults: [], latencyMs: 0, outage: [], capacity: 1_000 });
  await rig.check.settled();
  await rig.sql.query('TRUNCATE login_attempts, source_state, source_permits');
});

describe('a login', () => {
  test('is good with its password, however the login is written', async () => {
    const { id, kind, code, login, password } = accountOf(rig, 0);
    const valid = { outcome: 'valid', person: { id, kind, code } };
    expect(await rig.logIn(login, password)).toEqual(valid);
    expect(await rig.logIn(` ${login.toUpperCase()} `, password)).toEqual(valid);
  });

  test('is invalid with another, and says nothing else', async () => {
    const { login } = accountOf(rig, 1);
    expect(await rig.logIn(login, 'wrong')).toEqual({ outcome: 'invalid' });
    expect(await rig.logIn('who.is.this', 'wrong')).toEqual({ outcome: 'invalid' });
    expect(rig.calls()).toBe(2);
  });

  test('is invalid for people who are suspended, or not in the registry', async () => {
    const { id, login, password } = accountOf(rig, 2);
    await rig.sql.query(`UPDATE users SET status = 'suspended' WHERE id = $1`, [id]);
    expect(await rig.logIn(login, password)).toEqual({ outcome: 'invalid' });
    await rig.sql.query(`UPDATE users SET status = 'active', login = 'x' WHERE id = $1`, [id]);
    expect(await rig.logIn(login, password)).toEqual({ outcome: 'invalid' });
    await rig.sql.query(`UPDATE users SET login = $2 WHERE id = $1`, [id, login]);
    expect(await rig.logIn(login, password)).toMatchObject({ outcome: 'valid' });
  });

  test('that several share is that of the one who keeps it', async () => {
    const teacher = rig.accounts.find(({ kind }) => kind === 'teacher');
    const student = accountOf(rig, 3);
    const { login = '', password = '', id } = teacher ?? {};
    await rig.sql.query('UPDATE users SET login = $2 WHERE id = $1', [student.id, login]);
    expect(await rig.logIn(login, password)).toMatchObject({ person: { id: student.id } });
    await rig.sql.query(`UPDATE users SET status = 'suspended' WHERE id = $1`, [student.id]);
    expect(await rig.logIn(login, password)).toMatchObject({ person: { id } });
    await rig.sql.query(`UPDATE users SET status = 'active', login = $2 WHERE id = $1`, [
      ...[student.id, student.login],
    ]);
  });
});

describe('the same login at once', () => {
  test('is one call, whoever asks', async () => {
    const { login, password } = accountOf(rig, 4);
    rig.simulator.control({ latencyMs: 200 });
    const asked = Array.from({ length: 100 }, () =>
      rig.check.validateLogin({ username: login, password, from: null }, signal()),
    );
    const answers = await Promise.all(asked);
    expect(answers.filter(({ outcome }) => outcome === 'valid')).toHaveLength(100);
    expect(rig.calls()).toBe(1);
  });

  test('is broken off only when all have left', async () => {
    const { login, password } = accountOf(rig, 5);
    rig.simulator.control({ latencyMs: 300 });
    const request = { username: login, password, from: null };
    const [leaving, staying] = [new AbortController(), new AbortController()];
    const first = rig.check.validateLogin(request, leaving.signal);
    const second = rig.check.validateLogin(request, staying.signal);
    leaving.abort(new Error('left'));
    await expect(first).rejects.toThrow('left');
    expect(await second).toMatchObject({ outcome: 'valid' });

    const alone = rig.check.validateLogin(request, staying.signal);
    await underWay();
    staying.abort(new Error('gone'));
    await expect(alone).rejects.toThrow('gone');
    await expect.poll(() => rig.simulator.stats().byOutcome['aborted']).toBe(1);
    // Whoever comes now begins anew, and is not told of the other's end.
    expect(await rig.logIn(login, password)).toMatchObject({ outcome: 'valid' });
  });
});

describe('a source that cannot tell', () => {
  test.each(['502', 'reset'] as const)('is no "no": %s', async (outageKind) => {
    const { login, password } = accountOf(rig, 6);
    rig.simulator.control({ outageKind, ...outageFromNow() });
    for (const word of [password, 'wrong']) {
      expect(await rig.logIn(login, word)).toEqual({
        outcome: 'unreachable',
        retryAfterSeconds: expect.any(Number) as number,
      });
    }
    expect(rig.log.join('\n')).toContain('a login could not be checked');
  });

  test('is asked once more after a sign of overload', async () => {
    const { login, password } = accountOf(rig, 7);
    rig.simulator.control({ faults: [parseFault('http502:0.3')] });
    const callsOfValid: number[] = [];
    for (let tries = 0; tries < 60 && !callsOfValid.includes(2); tries += 1) {
      const before = rig.calls();
      const { outcome } = await rig.logIn(login, password);
      if (outcome === 'valid') callsOfValid.push(rig.calls() - before);
    }
    expect(new Set(callsOfValid)).toEqual(new Set([1, 2]));
  });

  test('costs nobody a try', async () => {
    const { login, password } = accountOf(rig, 9);
    rig.simulator.control(outageFromNow());
    for (let tries = 0; tries < 6; tries += 1) {
      expect(await rig.logIn(login, password, '192.0.2.9')).toMatchObject({
        outcome: 'unreachable',
      });
    }
    rig.simulator.control({ outage: [] });
    await rig.sql.query('TRUNCATE source_state');
    expect(await rig.logIn(login, password)).toMatchObject({ outcome: 'valid' });
  });
});

/** Resolves when a call has arrived that has not ended. */
function underWay(): Promise<void> {
  return expect.poll(() => rig.simulator.stats().inFlight, { interval: 5 }).toBe(1);
}

/** An outage from now on, for as long as the test takes. */
function outageFromNow() {
  return { outage: [{ fromMs: 0, toMs: 3_600_000 }], startClocks: true };
}
