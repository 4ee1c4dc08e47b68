// The processes a bench starts: each answers questions, has a bound in time, and
// ends with the bench.
import { fork } from 'node:child_process';
import { once } from 'node:events';

const STOP_MS = 30_000;
const TAIL_CHARACTERS = 2_000;

/** Keeps the children of one bench, so that none is left behind. */
export function createChildren() {
  const running = new Set();
  return {
    /**
     * Starts a program and waits until it takes questions (see children/serve.mjs).
     *
     * @param {string | URL} program
     * @param {{ name: string, boundMs: number, args?: string[], env?: Record<string, string | undefined>,
     *   cwd?: string, execArgv?: string[] }} options `boundMs`: after so long it is killed,
     *   and what was asked of it fails
     */
    async start(program, { name, boundMs, args = [], env = {}, cwd, execArgv = [] }) {
      const child = fork(program, args, {
        ...{ cwd, execArgv, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
        env: { ...process.env, ...env },
      });
      const talk = converse(child, name, boundMs);
      const stop = () => endChild(child);
      running.add(stop);
      child.once('exit', () => running.delete(stop));
      await talk.ready;
      return { name, pid: child.pid, ask: talk.ask, failure: talk.failure, stop };
    },
    stopAll: () => Promise.all([...running].map((stop) => stop())),
  };
}

/** Questions and answers over a child's channel; all fail when it ends. */
function converse(child, name, boundMs) {
  const waiting = new Map();
  let questions = 0;
  let tail = '';
  let isLate = false;
  let failure;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      tail = (tail + text).slice(-TAIL_CHARACTERS);
    });
  }
  const bound = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, boundMs);
  const ready = new Promise((resolve, reject) => waiting.set('ready', { resolve, reject }));
  child.on('message', (message) => {
    const id = message.ready ? 'ready' : message.id;
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (message.error === undefined) resolve(message.value);
    else reject(new Error(`${name}: ${message.error}`));
  });
  const fail = (reason) => {
    clearTimeout(bound);
    failure ??= new Error(reason);
    for (const { reject } of waiting.values()) reject(failure);
    waiting.clear();
  };
  child.once('error', (error) => fail(`${name} could not be started: ${error.message}`));
  child.once('exit', (code, signal) =>
    fail(
      isLate
        ? `${name} took longer than ${boundMs / 1000} s and was ended.`
        : `${name} ended with ${signal ?? code} before it was asked to. It said:\n${tail}`,
    ),
  );
  // Whoever asks hears of it.
  ready.catch(() => undefined);
  const ask = (question, argument) =>
    new Promise((resolve, reject) => {
      if (failure !== undefined) return reject(failure);
      questions += 1;
      waiting.set(questions, { resolve, reject });
      child.send({ id: questions, question, argument });
    });
  return { ready, ask, failure: () => failure };
}

async function endChild(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(late);
}
