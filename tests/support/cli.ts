import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { runCli } from '@passerelle/cli';
import { type Config, loadConfig } from '@passerelle/config';

const COMMAND = fileURLToPath(new URL('../../apps/cli/bin/passerelle.mjs', import.meta.url));

export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A directory of one test's own, in which the real command is run as a user would. */
export interface CommandRoom {
  dataDir: string;
  /** Runs a command to its end, in a process of its own. */
  run(...args: string[]): Promise<CommandResult>;
  /** Runs a command to its end within this process, which is quicker. */
  runHere(...args: string[]): Promise<CommandResult>;
  /** As `runHere`, with something to read on standard input. */
  typeHere(typed: string, ...args: string[]): Promise<CommandResult>;
  /** Runs a command that must end with 0, and reads the one document it prints. */
  json(...args: string[]): Promise<unknown>;
  /** The same within this process. */
  jsonHere(...args: string[]): Promise<unknown>;
  /** Starts a command and waits until it has written the text, if any is named. */
  start(args: readonly string[], readyText?: string): Promise<RunningCommand>;
  /** Settings for the commands to come. */
  set(env: Readonly<Record<string, string | undefined>>): void;
  /** Removes the directory; end the commands first. */
  remove(): Promise<void>;
}

export interface RunningCommand {
  child: ChildProcess;
  ended: Promise<CommandResult>;
}

/** Makes such a directory; nothing of the environment's settings reaches the commands. */
export async function createCommandRoom(
  settings: Readonly<Record<string, string | undefined>> = {},
): Promise<CommandRoom> {
  const directory = await mkdtemp(join(tmpdir(), 'passerelle-cli-'));
  const dataDir = join(directory, 'data');
  const env: Record<string, string | undefined> = { ...settings };
  const environment = (): NodeJS.ProcessEnv => {
    const { PATH, HOME } = process.env;
    return { PATH, HOME, PASSERELLE_DATA_DIR: dataDir, PORT: '0', ...env };
  };
  const launch = (args: readonly string[]): RunningCommand => {
    const child = spawn(process.execPath, [COMMAND, ...args], {
      cwd: directory,
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { child, ended: collect(child) };
  };
  const run = (...args: string[]): Promise<CommandResult> => launch(args).ended;
  const readConfig = (): Config =>
    loadConfig({ LOG_LEVEL: 'silent', ...environment() }, { cwd: directory });
  const runHere = (...args: string[]): Promise<CommandResult> => runInProcess(args, readConfig);
  return {
    dataDir,
    run,
    runHere,
    typeHere: (typed, ...args) => runInProcess(args, readConfig, typed),
    json: (...args) => readDocument(run, args),
    jsonHere: (...args) => readDocument(runHere, args),
    start: async (args, readyText) => {
      const running = launch(args);
      if (readyText !== undefined) await untilSaid(running, readyText);
      return running;
    },
    set: (more) => Object.assign(env, more),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

async function readDocument(run: CommandRoom['run'], args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await run(...args, '--json');
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}:\n${stderr}`);
  return JSON.parse(stdout) as unknown;
}

async function runInProcess(
  args: readonly string[],
  readConfig: () => Config,
  typed = '',
): Promise<CommandResult> {
  const [out, err] = [createRecorder(), createRecorder()];
  const input = Readable.from([typed]);
  const terminal = { out: out.stream, err: err.stream, input, colour: false };
  const code = await runCli(args, { terminal, signal: new AbortController().signal, readConfig });
  return { code, stdout: out.text(), stderr: err.text() };
}

function createRecorder(): { stream: Writable; text(): string } {
  const pieces: Buffer[] = [];
  const stream = new Writable({
    write: (piece: Buffer, _encoding, done) => {
      pieces.push(piece);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(pieces).toString() };
}

async function collect(child: ChildProcess): Promise<CommandResult> {
  let stdout = '';
  let stderr = '';
  // Pieces may end in the middle of a letter; the stream puts them together.
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

async function untilSaid({ child, ended }: RunningCommand, text: string): Promise<void> {
  let said = '';
  const heard = new Promise<void>((resolve) => {
    const listen = (piece: string): void => {
      said += piece;
      if (said.includes(text)) resolve();
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
  });
  const early = ended.then(({ code, stderr }) => {
    throw new Error(`The command ended with ${code} before it said "${text}":\n${stderr}`);
  });
  await Promise.race([heard, early]);
  early.catch(() => undefined);
}
