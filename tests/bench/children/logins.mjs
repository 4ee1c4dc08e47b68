// Somebody who logs in while a sync is under way: through the product's gate, as an
// API process does it; and the same call with nothing before it.
import http from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { createDatabase } from '@passerelle/db';
import { BUILT_IN_CONTRACT, createSource, loadContract } from '@passerelle/netypareo';
import {
  createLoginCheck,
  createSourceGate,
  initialState,
  overloadSettings,
} from '@passerelle/sync';
import { serve } from './serve.mjs';

const BARE_AT_ONCE = 10;
const SETTLING_MS = 20;
const OVERLOAD = { serverLimitMs: 30_000, restMs: 60_000, retryBaseMs: 2_000 };
const silent = { debug() {}, info() {}, warn() {}, error() {} };

let opened;
let under = null;

serve({ open, bare, pairs, begin, end });

async function open({ wsdl, endpoint, account, databaseUrl, hardCap }) {
  const settings = overloadSettings({ ...OVERLOAD, hardCap });
  const database = createDatabase(databaseUrl, {
    ...{ poolSize: 4, log: silent, initialSource: initialState(settings) },
  });
  await database.ping();
  const store = database.sourceState;
  const gate = createSourceGate({
    ...{ store, settings, probe: () => Promise.resolve(), random: Math.random, log: silent },
    ...{ blackoutEnd: () => null, now: () => new Date() },
  });
  const source = createSource({
    ...{ wsdl, gate, credentials: {}, now: Date.now, log: silent },
    contract: await loadContract(BUILT_IN_CONTRACT),
  });
  const check = createLoginCheck({
    ...{ source, sourceState: store, overload: settings, random: Math.random, log: silent },
    ...{ throttle: database.loginThrottle, people: database.loginPeople },
    ...{ verifiers: database.loginVerifiers, cacheHours: 0 },
  });
  opened = { endpoint, account, source, check };
  // It knows the WSDL from then on.
  await validate();
}

/** The call itself, some at once. */
async function bare({ times }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: BARE_AT_ONCE });
  const tookMs = [];
  let left = times;
  const callOnes = async () => {
    while (left > 0) {
      left -= 1;
      tookMs.push(await timed(() => askBare(agent)));
    }
  };
  await Promise.all(Array.from({ length: BARE_AT_ONCE }, callOnes));
  agent.destroy();
  return percentiles(tookMs);
}

/** The call itself and the whole of a login by turns, each on a connection of its own. */
async function pairs({ times, warmUp }) {
  const agent = new http.Agent();
  const tookMs = { bare: [], product: [] };
  for (let at = 0; at < warmUp + times; at += 1) {
    const bareMs = await timed(() => askBare(agent));
    const productMs = await timed(checkLogin);
    // What is written down after the answer is not to weigh on the next bare call.
    await wait(SETTLING_MS);
    if (at < warmUp) continue;
    tookMs.bare.push(bareMs);
    tookMs.product.push(productMs);
  }
  await opened.check.settled();
  return { bare: percentiles(tookMs.bare), product: percentiles(tookMs.product) };
}

async function checkLogin() {
  const { check, account } = opened;
  const request = { ...account, from: '192.0.2.1' };
  const { outcome } = await check.validateLogin(request, AbortSignal.timeout(60_000));
  if (outcome !== 'valid') throw new Error(`The login was answered with ${outcome}.`);
}

/** Logs in at regular times, whether the last login has ended or not, until `end` is asked. */
function begin({ everyMs }) {
  const stopped = new AbortController();
  const logins = [];
  const go = async () => {
    for (let due = performance.now(); ; due += everyMs) {
      await wait(Math.max(0, due - performance.now()), undefined, { signal: stopped.signal });
      logins.push(logIn());
    }
  };
  under = { stopped, logins, going: go().catch(() => undefined) };
}

async function end() {
  under.stopped.abort();
  await under.going;
  const results = await Promise.all(under.logins);
  const failures = results.filter(({ error }) => error !== undefined).map(({ error }) => error);
  return {
    ...percentiles(results.filter(({ error }) => error === undefined).map(({ ms }) => ms)),
    ...{ logins: results.length, failed: failures.length, failures: [...new Set(failures)] },
  };
}

async function logIn() {
  try {
    return { ms: await timed(validate) };
  } catch (error) {
    return { error: error.message };
  }
}

async function validate() {
  const { source, account } = opened;
  const signal = AbortSignal.timeout(60_000);
  const verdict = await source.validateLogin(account.username, account.password, signal);
  if (verdict !== 'yes') throw new Error(`The login was answered with ${verdict}.`);
}

async function timed(work) {
  const before = performance.now();
  await work();
  return performance.now() - before;
}

function percentiles(tookMs) {
  const sorted = [...tookMs].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
  return { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: sorted.at(-1) };
}

function askBare(agent) {
  const { endpoint, account } = opened;
  const body =
    '<?xml version="1.0" encoding="utf-8"?>' +
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:tns="urn:netypareo">' +
    `<soap:Body><tns:validerLogin><login>${account.username}</login>` +
    `<motDePasse>${account.password}</motDePasse></tns:validerLogin></soap:Body></soap:Envelope>`;
  const headers = {
    'content-type': 'text/xml; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    soapaction: '"urn:netypareo#validerLogin"',
  };
  return new Promise((resolve, reject) => {
    const request = http.request(endpoint, { method: 'POST', headers, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => (text += piece));
      response.on('end', () =>
        text.includes('<valide>1<') ? resolve() : reject(new Error(`It was answered with ${text}`)),
      );
    });
    request.on('error', reject).end(body);
  });
}
