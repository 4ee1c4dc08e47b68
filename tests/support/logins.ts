import { createDatabase, type Database } from '@passerelle/db';
import { createSource, loadContract, type NetypareoSource } from '@passerelle/netypareo';
import {
  describeCentre,
  passwordOf,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
  type UserTruth,
} from '@passerelle/simulator';
import {
  createLoginCheck,
  createSourceGate,
  initialState,
  type LoginCheck,
  type LoginDeps,
  type LoginOutcome,
} from '@passerelle/sync';
import pg from 'pg';
import { quickOverload } from './cluster.js';
import { createTestDatabase } from './database.js';

/** Someone of the simulated centre who may log in. */
export interface TestAccount {
  id: number;
  kind: UserTruth['kind'];
  code: string;
  login: string;
  password: string;
}

/** Logins checked at a simulator, and a registry that has its people. */
export interface LoginRig {
  simulator: Simulator;
  db: Database;
  sql: pg.Pool;
  url: string;
  /** Each with a login of their own. */
  accounts: TestAccount[];
  check: LoginCheck;
  /** Another process's view, or one with other parts. */
  openCheck(parts?: Partial<LoginDeps>): LoginCheck;
  /** One login, from nowhere in particular; what follows it is written down. */
  logIn(username: string, password: string, from?: string | null): Promise<LoginOutcome>;
  /** Calls that arrived at the simulator. */
  calls(): number;
  log: string[];
  dispose(): Promise<void>;
}

const TODAY = '2026-11-20';

/**
 * Brings one up. The people are written into the registry as a sync would.
 *
 * @param at another's database; by default one of its own
 */
export async function createLoginRig(
  simulated: Partial<SimulatorOptions> = {},
  at?: string,
): Promise<LoginRig> {
  const closers: (() => Promise<unknown>)[] = [];
  const opened = <Thing>(thing: Thing, close: (thing: Thing) => Promise<unknown>): Thing => {
    closers.unshift(() => close(thing));
    return thing;
  };
  const lines: string[] = [];
  const write = (...said: unknown[]): unknown => lines.push(JSON.stringify(said));
  const log = { debug: write, info: write, warn: write, error: write };
  const overload = quickOverload(4);
  const place =
    at === undefined ? opened(await createTestDatabase(), ({ drop }) => drop()) : { url: at };
  const simulator = opened(
    await startSimulator({ centre: { today: TODAY, learners: 60 }, ...simulated }),
    (running) => running.close(),
  );
  const sql = opened(new pg.Pool({ connectionString: place.url, max: 2 }), (pool) => pool.end());
  const contract = await loadContract(undefined);

  const openCheck = (parts: Partial<LoginDeps> = {}): LoginCheck => {
    const initialSource = initialState(overload);
    const db = opened(createDatabase(place.url, { poolSize: 4, log, initialSource }), (it) =>
      it.close(),
    );
    const gate = createSourceGate({
      ...{ store: db.sourceState, settings: overload, random: () => 0.5, log },
      probe: (signal) => source.probe(signal),
      ...{ blackoutEnd: () => null, now: () => new Date() },
    });
    const source: NetypareoSource = opened(
      createSource({
        ...{ contract, wsdl: simulator.wsdlUrl, credentials: {}, limits: { timeoutMs: 20_000 } },
        ...{ gate, now: Date.now, log },
      }),
      async (it) => it.close(),
    );
    const check = createLoginCheck({
      ...{ source, sourceState: db.sourceState, overload, random: () => 0.5, log },
      ...{ throttle: db.loginThrottle, people: db.loginPeople, verifiers: db.loginVerifiers },
      cacheHours: 0,
      ...parts,
    });
    const settled = async (): Promise<void> => {
      await check.settled();
      await gate.settled();
    };
    return opened({ ...check, settled }, settled);
  };
  const db = opened(createDatabase(place.url, { poolSize: 4, log }), (it) => it.close());
  const accounts = await register(sql, simulator);
  const check = openCheck();
  return {
    ...{ simulator, db, sql, url: place.url, accounts, check, openCheck, log: lines },
    logIn: async (username, password, from = null) => {
      const { signal } = new AbortController();
      const outcome = await check.validateLogin({ username, password, from }, signal);
      await check.settled();
      return outcome;
    },
    calls: () => simulator.stats().byOperation['validerLogin']?.calls ?? 0,
    dispose: async () => {
      for (const close of closers) await close();
    },
  };
}

async function register(sql: pg.Pool, simulator: Simulator): Promise<TestAccount[]> {
  const centre = simulator.centre();
  const { users } = describeCentre(centre);
  const { rows } = await sql.query<{ id: number; kind: UserTruth['kind']; code: string }>(
    `INSERT INTO users (kind, code, login, last_name, first_name, status, content_hash,
                        search_name, search_first_name)
     SELECT u.kind::user_kind, u.code, u.login, u.last, u.first, 'active', '', '', ''
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
         AS u (kind, code, login, last, first)
     RETURNING id, kind, code`,
    [
      users.map(({ kind }) => kind),
      users.map(({ code }) => code),
      users.map(({ login }) => login),
      users.map(({ lastName }) => lastName),
      users.map(({ firstName }) => firstName),
    ],
  );
  const logins = new Map(users.map(({ kind, code, login }) => [`${kind}:${code}`, login]));
  const shared = new Map<string, number>();
  for (const login of logins.values()) {
    if (login !== null) shared.set(login, (shared.get(login) ?? 0) + 1);
  }
  return rows.flatMap(({ id, kind, code }) => {
    const login = logins.get(`${kind}:${code}`) ?? null;
    if (login === null || shared.get(login) !== 1) return [];
    return [{ id, kind, code, login, password: passwordOf(centre, login) }];
  });
}

/** The account at a place. */
export function accountOf({ accounts }: Pick<LoginRig, 'accounts'>, at: number): TestAccount {
  const account = accounts[at];
  if (account === undefined) throw new Error(`The centre has only ${accounts.length} accounts.`);
  return account;
}
