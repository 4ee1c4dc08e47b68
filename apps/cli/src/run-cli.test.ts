import { tmpdir } from 'node:os';
import { Writable } from 'node:stream';
import { type Config, ConfigError, loadConfig } from '@passerelle/config';
import { describe, expect, it } from 'vitest';
import { runCli } from './run-cli.js';

function recorder(): { stream: Writable; text: () => string } {
  let said = '';
  const stream = new Writable({
    write: (piece: Buffer, _encoding, done) => {
      said += piece.toString();
      done();
    },
  });
  return { stream, text: () => said };
}

/** Runs a command line whose settings are broken: it must be refused before they are read. */
async function run(
  line: string,
  readConfig: () => Config = () => {
    throw new ConfigError([{ setting: 'PASSERELLE_TZ', message: 'expected a time zone' }]);
  },
): Promise<{ code: number; out: string; err: string }> {
  const [out, err] = [recorder(), recorder()];
  const code = await runCli(line.split(' ').filter(Boolean), {
    terminal: { out: out.stream, err: err.stream, colour: false },
    signal: new AbortController().signal,
    readConfig,
  });
  return { code, out: out.text(), err: err.text() };
}

describe('wrong usage', () => {
  it.each([
    ['tasks run sync_student', 'There is no task "sync_student". Did you mean sync_students?'],
    ['tasks lst', "unknown command 'lst' (Did you mean list?)"],
    ['frobnicate', '"passerelle --help" shows what there is.'],
    ['runs show abc', 'Expected a whole number from 1'],
    ['runs list --state done', 'There is no state "done".'],
    ['users list --kind pupil', 'Expected one of: student, teacher, tutor.'],
    ['users list --limit 0', 'Expected a whole number from 1 to 1000.'],
    ['tasks set sync_sites', 'Give at least one of --minute'],
    ['source sample student', 'Did you mean students?'],
    ['tasks run', "missing required argument 'task'"],
    ['runs list --tsak x', '(Did you mean --task?)'],
  ])('"%s" is told what was expected and ends with 2', async (line, sentence) => {
    const { code, out, err } = await run(line);

    expect(err).toContain(sentence);
    expect(err).toMatch(/^passerelle: .+\n$/);
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });

  it('settings that cannot be used end with 2 and name the setting', async () => {
    const { code, err } = await run('tasks list --json');

    expect(code).toBe(2);
    expect(err).toContain('PASSERELLE_TZ');
  });

  it('blackouts that cannot be understood end with 2, before anything is opened', async () => {
    const readConfig = () => loadConfig({ PASSERELLE_BLACKOUT: 'mon-fry' }, { cwd: tmpdir() });
    const { code, out, err } = await run('tasks list --json', readConfig);

    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('PASSERELLE_BLACKOUT: In "mon-fry", "fry" is no day of the week;');
  });
});

describe('help', () => {
  it.each(['--help', 'tasks --help', 'tasks set --help', 'simulator --help', 'doctor --help'])(
    '"%s" works whatever the settings are',
    async (line) => {
      const { code, out, err } = await run(line);

      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toContain('passerelle');
    },
  );

  it('gives an example with every command', async () => {
    for (const line of ['up', 'tasks run', 'runs cancel', 'users show', 'source inspect']) {
      expect((await run(`${line} --help`)).out).toContain(`$ passerelle ${line}`);
    }
  });

  it('does not speak of the demo, which npm runs', async () => {
    expect((await run('--help')).out).not.toContain('demo');
  });
});
