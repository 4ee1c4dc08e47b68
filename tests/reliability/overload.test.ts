import { createSource, loadContract, type NetypareoSource } from '@passerelle/netypareo';
import { createSourceGate, overloadSettings, type PermitView } from '@passerelle/sync';
import { afterEach, describe, expect, test } from 'vitest';
import { amount } from './support/amount.js';
import { expectWhole } from './support/expect-whole.js';
import { createRig, QUEUE_KINDS, type Rig } from './support/rig.js';
import { untilTrue } from '../support/patience.js';

// Real processes, of which some are killed and some lose their database: the server's own
// count of the calls it has under way never passes the hard cap.

const PATIENT = { interval: 10 };
const HARD_CAP = 4;
const SERVER_LIMIT_MS = 3_000;
const SETTINGS = overloadSettings({
  ...{ hardCap: HARD_CAP, serverLimitMs: SERVER_LIMIT_MS, restMs: 200, retryBaseMs: 20 },
});
/** With the queue on Redis there are two servers that may go away. */
const KINDS = QUEUE_KINDS.slice(amount({ sample: 1, full: 0 }));
const silent = { debug() {}, info() {}, warn() {}, error() {} };

describe.each(KINDS)('the hard cap, the queue on %s', (kind) => {
  let rig: Rig;
  let logins: Logins;
  afterEach(async () => {
    await logins.stop();
    await rig.dispose();
  });

  test('holds while workers die, logins come, and servers go away', async () => {
    rig = await createRig(kind, {
      ...{ learners: 120, sites: 40 },
      simulator: { timeLimitMs: SERVER_LIMIT_MS },
      settings: { NETYPAREO_SERVER_TIMEOUT_MS: String(SERVER_LIMIT_MS) },
    });
    const { simulator } = rig;
    logins = await startLogins(rig);
    const workers = await Promise.all([
      ...[rig.start('worker'), rig.start('worker'), rig.start('worker'), rig.start('worker')],
      rig.start('scheduler'),
    ]).then((started) => started.slice(0, 4));
    await expectWhole(rig, await rig.runAll());

    simulator.control({ latencyMs: 300, reset: true });
    const { id } = await rig.request('sync_students');
    // Reading takes all it may have, and logins go on beside it.
    await untilTrue(async () => (await permitsOfReading(rig)) === HARD_CAP - 1, PATIENT);
    logins.go();
    await untilTrue(() => logins.answered() > 3, PATIENT);
    expect((await rig.db.runs.getRun(id))?.endedAt).toBeNull();

    // All die in mid-call; the calls of the dead go on, and nobody else has their permits.
    simulator.control({ latencyMs: 60_000 });
    const { calls: callsBefore } = simulator.stats();
    await untilTrue(() => simulator.stats().calls >= callsBefore + 3, PATIENT);
    const held = await permitsOfReading(rig);
    expect(held).toBeGreaterThan(1);
    await Promise.all(workers.map((worker) => rig.kill(worker)));
    expect(await permitsOfReading(rig)).toBe(held);
    simulator.control({ latencyMs: 300 });
    const heirs = await Promise.all([rig.start('worker'), rig.start('worker')]);
    const said: string[] = [];
    for (const { child } of heirs) child.stderr?.on('data', (text: string) => said.push(text));
    const orphans = () => simulator.stats().byOperation['getApprenants']?.byOutcome['aborted'];
    await untilTrue(() => (orphans() ?? 0) >= held, PATIENT);

    // The servers go away in mid-run, one after the other.
    await untilTrue(async () => (await permitsOfReading(rig)) > 0, PATIENT);
    await rig.redis?.halt(true);
    await rig.redis?.start();
    await untilTrue(async () => (await permitsOfReading(rig)) > 0, PATIENT);
    await rig.postgres.halt('immediate');
    await untilTrue(() => simulator.stats().inFlight === 0, PATIENT);
    const { calls } = simulator.stats();
    const failed = logins.failed();
    await untilTrue(() => logins.failed() > failed + 3, PATIENT);
    // Without its permits there is neither reading nor anything else.
    expect(simulator.stats().calls).toBe(calls);
    // And whoever looks into the log is told so.
    const isTold = () => said.join('').includes('NetYParéo is not read: the registry');
    await untilTrue(isTold, PATIENT);
    await rig.postgres.start();

    const run = await rig.untilEnded(id);
    await logins.stop();
    expect(simulator.stats().maxInFlight).toBeLessThanOrEqual(HARD_CAP);
    expect(simulator.stats().maxInFlightBulk).toBeLessThan(HARD_CAP);
    simulator.control({ latencyMs: 0 });
    await expectWhole(rig, [run]);
  });
});

const readingAmong = (permits: readonly PermitView[]): number =>
  permits.filter(({ purpose }) => purpose === 'reading').length;

async function permitsOfReading({ db }: Rig): Promise<number> {
  return readingAmong((await db.sourceState.read()).permits);
}

/** People who log in, one after the other, through another process's view of the source. */
interface Logins {
  go(): void;
  answered(): number;
  failed(): number;
  stop(): Promise<void>;
}

async function startLogins({ db, simulator }: Rig): Promise<Logins> {
  const source: NetypareoSource = createSource({
    ...{ contract: await loadContract(undefined), wsdl: simulator.wsdlUrl, credentials: {} },
    gate: createSourceGate({
      ...{ store: db.sourceState, settings: SETTINGS, random: Math.random, log: silent },
      probe: (signal) => source.probe(signal),
      ...{ blackoutEnd: () => null, now: () => new Date() },
    }),
    ...{ now: () => Date.now(), log: silent },
  });
  const ending = new AbortController();
  const count = { answered: 0, failed: 0 };
  let going: Promise<void> | undefined;
  const logIn = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      try {
        expect(await source.validateLogin('nobody', 'wrong', ending.signal)).toBe('no');
        count.answered += 1;
      } catch {
        count.failed += 1;
      }
    }
  };
  return {
    go: () => {
      going = logIn();
    },
    answered: () => count.answered,
    failed: () => count.failed,
    stop: async () => {
      ending.abort();
      await going;
      source.close();
    },
  };
}
