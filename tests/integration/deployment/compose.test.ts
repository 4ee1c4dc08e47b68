import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadConfig, SETTINGS } from '@passerelle/config';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { type CommandRoom, createCommandRoom } from '../../support/cli.js';
import { type ComposeFile, interpolate, readCompose } from './compose-file.js';
import { parseDockerfile } from './dockerfile.js';
import { CHECKOUT } from './rehearse-image.js';

const run = promisify(execFile);
const COMPOSE = join(CHECKOUT, 'docker-compose.yml');
const ENV = { NETYPAREO_WSDL: 'https://netypareo.cfa.example/ws?wsdl' };

let compose: ComposeFile;
let room: CommandRoom;
beforeAll(async () => {
  compose = await readCompose(COMPOSE, ENV);
  room = await createCommandRoom();
  return () => room.remove();
});

const own = () =>
  Object.entries(compose.services).filter(([, { image }]) => image === 'passerelle:local');
const seconds = (text: string): number => Number(/^(\d+)s$/.exec(text)?.[1]);

describe('docker-compose.yml', () => {
  it('has the services of a cluster', () => {
    expect(Object.keys(compose.services).sort()).toEqual([
      ...['api', 'migrate', 'postgres', 'redis', 'scheduler', 'worker-1', 'worker-2'],
    ]);
  });

  it('refuses to start without a source', async () => {
    await expect(readCompose(COMPOSE, {})).rejects.toThrow('NETYPAREO_WSDL: the address');
  });

  it('gives commands that there are', async () => {
    const checked = own().flatMap(([, { command = [], healthcheck }]) => [
      command,
      ...(healthcheck === undefined ? [] : [healthcheck.test.slice(3)]),
    ]);
    expect(checked.length).toBe(9);
    for (const args of checked) {
      const { code, stderr } = await room.runHere(...args, '--help');
      expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
    }
  });

  it('checks health by the image’s own program', async () => {
    const stages = parseDockerfile(await readFile(join(CHECKOUT, 'Dockerfile'), 'utf8'));
    const entrypoint = stages.at(-1)?.steps.find(({ keyword }) => keyword === 'ENTRYPOINT');
    for (const [name, { healthcheck, command }] of own()) {
      if (name === 'migrate') continue;
      expect(healthcheck?.test).toEqual([
        ...['CMD', ...(JSON.parse(entrypoint?.text ?? '') as string[])],
        ...['doctor', '--role', ...(command ?? [])],
      ]);
    }
  });

  it('sets nothing that Passerelle does not know, and nothing wrongly', async () => {
    const secrets = await mkdtemp(join(tmpdir(), 'passerelle-secrets-'));
    await run('sh', [await copyOfSecretsScript(secrets)]);
    const known = SETTINGS.flatMap(({ name, secret }) => [
      name,
      ...(secret ? [`${name}_FILE`] : []),
    ]);
    for (const [, { environment }] of own()) {
      for (const name of Object.keys(environment)) expect(known).toContain(name);
      const env = Object.fromEntries(
        Object.entries(environment)
          .filter(([name]) => name !== 'NETYPAREO_PASSWORD_FILE')
          .map(([name, value]) => [
            name,
            String(value).replace('/run/secrets', join(secrets, 'secrets')),
          ]),
      );
      const config = loadConfig(env, { cwd: secrets });
      expect(config.databaseUrl).toMatch(/^postgresql:\/\/passerelle:[0-9a-f]{48}@postgres:5432/);
      expect(config.redisUrl).toBe('redis://redis:6379');
      expect(config.source.wsdl).toBe(ENV.NETYPAREO_WSDL);
    }
    await rm(secrets, { recursive: true });
  });

  it('watches every service that stays up', () => {
    for (const [name, service] of Object.entries(compose.services)) {
      if (name === 'migrate') continue;
      expect(service.restart).toBe('unless-stopped');
      expect(service.healthcheck?.test[0]).toMatch(/^CMD/);
    }
  });

  it('starts the roles after the migrations, and these after their servers', () => {
    for (const [name, { depends_on }] of own()) {
      expect(depends_on).toMatchObject({
        postgres: { condition: 'service_healthy' },
        redis: { condition: 'service_healthy' },
      });
      if (name === 'migrate') continue;
      expect(depends_on.migrate).toEqual({ condition: 'service_completed_successfully' });
    }
    expect(compose.services.migrate?.restart).toBe('no');
  });

  it('waits longer for the end than Passerelle does', () => {
    for (const [, { environment, stop_grace_period }] of own()) {
      const shutdownMs = Number(environment.PASSERELLE_SHUTDOWN_MS);
      expect(seconds(stop_grace_period) * 1_000).toBeGreaterThanOrEqual(shutdownMs + 10_000);
    }
  });

  it('shows the API to this machine alone, and lets those out who call NetYParéo', () => {
    for (const [name, { ports, networks }] of Object.entries(compose.services)) {
      expect(ports).toEqual(name === 'api' ? ['127.0.0.1:8080:8080'] : []);
      expect(networks.includes('outside')).toBe(name === 'api' || name.startsWith('worker'));
    }
    expect(compose.networks.inside?.internal).toBe(true);
  });

  it('hands secrets over as files, to those who are to know them', () => {
    for (const [, { environment, secrets }] of Object.entries(compose.services)) {
      const files = Object.entries(environment).filter(([name]) => name.endsWith('_FILE'));
      for (const [, path] of files) {
        if (path === '') continue;
        expect(secrets).toContain(String(path).replace('/run/secrets/', ''));
      }
      const open = Object.keys(environment).filter((name) =>
        /^(DATABASE_URL|.*(PASSWORD|TOKEN))$/.test(name),
      );
      expect(open).toEqual([]);
    }
    for (const [name, { file }] of Object.entries(compose.secrets)) {
      expect(file).toBe(`./deploy/docker/secrets/${name}`);
    }
  });

  it('keeps what lasts on volumes, and the queue from forgetting', () => {
    const { postgres, redis } = compose.services;
    const named = Object.values(compose.services)
      .flatMap(({ volumes }) => volumes.map((volume) => volume.split(':')[0] ?? ''))
      .filter((name) => !name.startsWith('.'));
    expect(new Set(named)).toEqual(new Set(Object.keys(compose.volumes)));
    expect(postgres?.volumes).toEqual(['registry:/var/lib/postgresql/data']);
    expect(redis?.command?.join(' ')).toContain('--maxmemory-policy noeviction');
  });
});

describe('deploy/docker/secrets.sh', () => {
  it('makes what the compose file asks for, keeps it, and shuts others out', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'passerelle-secrets-'));
    const script = await copyOfSecretsScript(directory);
    const read = (name: string) => readFile(join(directory, 'secrets', name), 'utf8');

    const { stderr } = await run('sh', [script]);
    const url = await read('database_url');
    await run('sh', [script]);

    expect(stderr).toContain('netypareo_password');
    for (const name of Object.keys(compose.secrets)) await read(name);
    expect(url).toContain(`:${await read('postgres_password')}@`);
    expect(await read('database_url')).toBe(url);
    expect((await stat(join(directory, 'secrets'))).mode & 0o777).toBe(0o700);
    await rm(directory, { recursive: true });
  });
});

test('variables are filled in as Docker does', () => {
  expect(interpolate('${A} ${B-x} ${C:-y} ${D-z} ${D:-w}', { A: 'a', D: '' })).toBe('a x y  w');
});

async function copyOfSecretsScript(directory: string): Promise<string> {
  const script = join(directory, 'secrets.sh');
  await cp(join(CHECKOUT, 'deploy/docker/secrets.sh'), script);
  return script;
}
