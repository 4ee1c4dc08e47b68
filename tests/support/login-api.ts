import type { ApiDeps } from '@passerelle/api';
import type { SimulatorOptions } from '@passerelle/simulator';
import type { Access } from '@passerelle/roster';
import { type Answer, createTestApi, type TestApi } from './api.js';
import { createLoginRig, type LoginRig, type TestAccount } from './logins.js';

/** An API whose people log in at a simulator. */
export interface LoginApi {
  api: TestApi;
  rig: LoginRig;
  /** Gives somebody rights, everywhere unless told otherwise. */
  grant(account: TestAccount, ...accesses: readonly Access[]): Promise<void>;
  /** POST /api/v1/session with the account's own password. */
  signIn(account: TestAccount, headers?: Readonly<Record<string, string>>): Promise<SignedIn>;
  dispose(): Promise<void>;
}

/** What a browser has after it signed in. */
export interface SignedIn {
  answer: Answer;
  /** `name=value`, to be sent on. */
  cookie: string;
  csrfToken: string;
  /** Headers that changes take. */
  headers: { cookie: string; 'x-csrf-token': string };
}

export const VIEW_RUNS: Access = { capability: 'auth/netypareo:viewruns', siteCode: null };

/** Brings one up, with nobody who may do anything. */
export async function createLoginApi(
  deps: Partial<ApiDeps> = {},
  simulated: Partial<SimulatorOptions> = {},
): Promise<LoginApi> {
  let check: LoginRig['check'] | undefined;
  const found = (): LoginRig['check'] => {
    if (check === undefined) throw new Error('Nobody logs in yet.');
    return check;
  };
  const api = await createTestApi({
    deps: {
      logins: {
        validateLogin: (...asked) => found().validateLogin(...asked),
        settled: () => found().settled(),
      },
      ...deps,
    },
  });
  const rig = await createLoginRig(simulated, String(api.sql.options.connectionString));
  check = rig.check;
  await rig.logIn('nobody', 'nothing');
  return {
    ...{ api, rig },
    grant: async ({ id: userId }, ...accesses) => {
      const author = { by: 'cli:test', reason: null, from: null };
      for (const access of accesses) {
        const grant = { ...access, userId, expiresAt: null };
        const { outcome } = await api.db.grants.addGrant(grant, author, api.clock.now);
        if (outcome !== 'done') throw new Error(`The grant was refused: ${outcome}.`);
      }
    },
    signIn: async ({ login: username, password }, headers = {}) => {
      const body = { username, password };
      return toSignedIn(await api.ask('POST', '/api/v1/session', { body, headers }));
    },
    dispose: async () => {
      await api.stop();
      await rig.dispose();
      await api.dispose();
    },
  };
}

/** What a browser keeps of an answer. */
export function toSignedIn(answer: Answer): SignedIn {
  const cookie = answer.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
  const { csrfToken = '' } = (answer.json ?? {}) as { csrfToken?: string };
  return { answer, cookie, csrfToken, headers: { cookie, 'x-csrf-token': csrfToken } };
}
