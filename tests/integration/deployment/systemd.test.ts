import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { parseEnv, promisify } from 'node:util';
import { loadConfig } from '@passerelle/config';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CommandRoom, createCommandRoom } from '../../support/cli.js';
import { createTestDatabase } from '../../support/database.js';
import { CHECKOUT } from './rehearse-image.js';
import { parseUnit, type UnitFile } from './unit-file.js';

const run = promisify(execFile);
const DIRECTORY = join(CHECKOUT, 'deploy/systemd');
const PROGRAM = '/usr/bin/env node /opt/passerelle/apps/cli/bin/passerelle.mjs';

let units: Map<string, UnitFile>;
let names: string[];
let directory: string;
let room: CommandRoom;
beforeAll(async () => {
  names = (await readdir(DIRECTORY)).filter((name) => /\.(service|target)$/.test(name));
  units = new Map(
    await Promise.all(
      names.map(
        async (name) => [name, parseUnit(await readFile(join(DIRECTORY, name), 'utf8'))] as const,
      ),
    ),
  );
  directory = await mkdtemp(join(tmpdir(), 'passerelle-systemd-'));
  room = await createCommandRoom();
  return async () => {
    await room.remove();
    await rm(directory, { recursive: true });
  };
});

const services = () =>
  [...units].flatMap(([name, { Service }]) => (Service === undefined ? [] : [{ name, Service }]));
const only = (values: string[] | undefined): string => {
  expect(values).toHaveLength(1);
  return values?.[0] ?? '';
};

async function readExample(): Promise<Record<string, string>> {
  const text = await readFile(join(DIRECTORY, 'passerelle.env.example'), 'utf8');
  return parseEnv(text) as Record<string, string>;
}

describe('the systemd units', () => {
  it('are those of a cluster, and one for all in one', () => {
    expect(names.sort()).toEqual([
      ...['passerelle-api.service', 'passerelle-migrate.service', 'passerelle-scheduler.service'],
      ...['passerelle-worker@.service', 'passerelle.service', 'passerelle.target'],
    ]);
  });

  it('start commands that there are', async () => {
    for (const { Service } of services()) {
      const command = only(Service.ExecStart);
      expect(command.startsWith(`${PROGRAM} `)).toBe(true);
      const args = command.slice(PROGRAM.length + 1).split(' ');
      expect((await room.runHere(...args, '--help')).code).toBe(0);
    }
  });

  it('give no more rights than are needed, to a user of their own', () => {
    for (const { Service } of services()) {
      expect(Service).toMatchObject({
        User: ['passerelle'],
        EnvironmentFile: ['/etc/passerelle/passerelle.env'],
        NoNewPrivileges: ['yes'],
        ProtectSystem: ['strict'],
        ProtectHome: ['yes'],
        PrivateTmp: ['yes'],
        CapabilityBoundingSet: [''],
        StateDirectory: ['passerelle'],
      });
    }
  });

  it('wait longer for the end than Passerelle does', async () => {
    const shutdownMs = Number((await readExample()).PASSERELLE_SHUTDOWN_MS);
    for (const { Service } of services()) {
      if (Service.Type?.[0] === 'oneshot') continue;
      expect(Number(only(Service.TimeoutStopSec)) * 1_000).toBeGreaterThanOrEqual(
        shutdownMs + 10_000,
      );
      // The embedded PostgreSQL is of the same group, and must end last.
      expect(Service.KillMode).toEqual(['mixed']);
    }
  });

  it('migrate before the roles start, and leave one arrangement to itself', () => {
    const roles = ['passerelle-api.service', 'passerelle-scheduler.service'];
    for (const name of [...roles, 'passerelle-worker@.service']) {
      const { Unit } = units.get(name) ?? {};
      expect(Unit?.Requires).toEqual(['passerelle-migrate.service']);
      expect(only(Unit?.After)).toContain('passerelle-migrate.service');
    }
    expect(units.get('passerelle.service')?.Unit?.Conflicts).toEqual(['passerelle.target']);
    expect(units.get('passerelle.target')?.Unit?.Conflicts).toEqual(['passerelle.service']);
  });

  it('are accepted by systemd itself, where it is installed', async () => {
    if (spawnSync('systemd-analyze', ['--version']).error !== undefined) {
      for (const unit of units.values()) expect(Object.keys(unit)).toContain('Unit');
      return;
    }
    const paths = names.map((name) => join(DIRECTORY, name.replace('@.', '@1.')));
    const { stderr } = await run('systemd-analyze', ['verify', '--man=no', ...paths]);
    expect(stderr).not.toContain(DIRECTORY);
  });
});

describe('passerelle.env.example', () => {
  it('can be used once its secrets are there, and is read alike by all who read it', async () => {
    const text = await readFile(join(DIRECTORY, 'passerelle.env.example'), 'utf8');
    const settings = text.split('\n').filter((line) => !/^(# |#?$)/.test(line));
    for (const line of settings) expect(line).toMatch(/^#?[A-Z_]+=[^'"\\$\s]+$/);

    await writeFile(join(directory, 'netypareo_password'), 'secret\n');
    await writeFile(join(directory, 'database_url'), 'postgresql://passerelle@db.example/x\n');
    const all = settings.map((line) => line.replace('/etc/passerelle/secrets', directory));
    const given = parseEnv(all.map((line) => line.replace(/^#/, '')).join('\n'));
    const config = loadConfig(given, { cwd: directory });

    expect(config.source).toMatchObject({ username: 'moodle', password: 'secret' });
    expect(config.databaseUrl).toBe('postgresql://passerelle@db.example/x');
  });
});

describe('the command of a server', () => {
  it('takes the settings of the services', async () => {
    const database = await createTestDatabase({ migrated: false });
    const places = { '/opt/passerelle': CHECKOUT, '/var/lib/passerelle': join(directory, 'state') };
    let text = await readFile(join(DIRECTORY, 'passerelle'), 'utf8');
    for (const [from, to] of Object.entries(places)) text = text.replaceAll(from, to);
    text = text
      .replace('/etc/passerelle/passerelle.env', join(directory, 'test.env'))
      .replaceAll('passerelle ]', `${userInfo().username} ]`);
    await writeFile(join(directory, 'passerelle'), text, { mode: 0o755 });
    await writeFile(join(directory, 'test.env'), `DATABASE_URL=${database.url}\n`);
    await mkdir(join(directory, 'state'));
    const PATH = `${dirname(process.execPath)}:${process.env.PATH}`;

    const { stdout } = await run(join(directory, 'passerelle'), ['migrate', '--json'], {
      env: { PATH },
    });

    expect((JSON.parse(stdout) as { applied: string[] }).applied.length).toBeGreaterThan(0);
    await database.drop();
  });
});
