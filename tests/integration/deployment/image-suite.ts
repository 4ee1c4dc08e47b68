import { type ChildProcess, execFile } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { todayIn } from '@passerelle/roster';
import { type Simulator, startSimulator } from '@passerelle/simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { startRedis, type TestRedis } from '../../support/redis.js';
import { endProcess } from '../../support/spawned.js';
import { readCompose } from './compose-file.js';
import {
  CHECKOUT,
  type Installation,
  type RehearsedImage,
  rehearseImage,
} from './rehearse-image.js';

const run = promisify(execFile);
const CENTRE = { learners: 60, teachers: 12, tutors: 20, sites: 2, groups: 6 };
const TASKS = ['update_caches', 'sync_sites', 'sync_students'];

interface Said {
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * The Dockerfile's stages as directories, then the services of the compose file
 * out of the last of them, on a real PostgreSQL and Redis.
 */
export function describeImage(installation: Installation, buildMs: number): void {
  describe(`the image, rehearsed (packages: ${installation})`, () => {
    let image: RehearsedImage;
    let database: TestDatabase;
    let redis: TestRedis;
    let simulator: Simulator;
    let settings: Record<string, string>;
    const running: ChildProcess[] = [];

    beforeAll(async () => {
      image = await rehearseImage(installation);
      database = await createTestDatabase({ migrated: false });
      redis = await startRedis();
      const today = todayIn('Europe/Paris', new Date());
      simulator = await startSimulator({ centre: { ...CENTRE, today } });
      settings = await settingsOf('worker-1');
    }, buildMs);
    afterAll(async () => {
      for (const child of running) await endProcess(child, 'SIGKILL');
      await simulator?.close();
      await redis?.stop();
      await database?.drop();
      await image?.remove();
    });

    /** What the compose file sets for a service, its hosts and secrets put in their places here. */
    async function settingsOf(service: string): Promise<Record<string, string>> {
      const variables = { NETYPAREO_WSDL: simulator.wsdlUrl, NETYPAREO_USERNAME: 'moodle' };
      const compose = await readCompose(join(CHECKOUT, 'docker-compose.yml'), variables);
      const secrets = join(image.root, 'run/secrets');
      await mkdir(secrets, { recursive: true });
      await writeFile(join(secrets, 'database_url'), database.url);
      await writeFile(join(secrets, 'netypareo_password'), 'secret\n');
      await chmod(secrets, 0o755);
      const given = Object.entries(compose.services[service]?.environment ?? {});
      return {
        ...Object.fromEntries(
          given.map(([name, value]) => [
            name,
            String(value).replace('/run/secrets', secrets).replace('redis://redis:6379', redis.url),
          ]),
        ),
        // No other cluster on this machine is to be mistaken for this one.
        PASSERELLE_QUEUE_PREFIX: 'image',
      };
    }

    async function passerelle(...command: string[]): Promise<Said> {
      return finish(image.start(command, settings));
    }

    async function startRole(role: string): Promise<ChildProcess> {
      const child = image.start([role], settings);
      running.push(child);
      await untilSaid(child, `Running: ${role}`);
      return child;
    }

    it('is sent nothing that is private, made here or not needed', () => {
      expect(image.context).toContain('apps/cli/bin/passerelle.mjs');
      const unwanted =
        /(^|\/)(\.env|\.git|node_modules|dist|generated|data|data-[^/]*|tests|docs|deploy)\//;
      expect(image.context.filter((path) => unwanted.test(`${path}/`))).toEqual([]);
      expect(image.context.filter((path) => path.endsWith('.test.ts'))).toEqual([]);
    });

    it('holds what runs, and no more', async () => {
      const app = join(image.root, 'app');
      const top = await readdir(app);
      expect(top.sort()).toEqual([
        ...['LICENSE', 'apps', 'node_modules', 'package.json', 'packages', 'prisma'],
      ]);
      for (const tool of ['typescript', 'vitest', 'prisma', 'knip', 'fast-check']) {
        await expect(access(join(app, 'node_modules', tool))).rejects.toThrow('ENOENT');
      }
      const sources = ['packages', 'apps'].map((name) => join(app, name));
      const { stdout } = await run('find', [
        ...sources,
        '-name',
        'src',
        '-o',
        '-name',
        '*.test.js',
      ]);
      expect(stdout).toBe('');
    });

    it('starts without anything to build', async () => {
      const { code, stdout, stderr } = await passerelle('--version');
      const { version } = JSON.parse(await readFile(join(CHECKOUT, 'package.json'), 'utf8')) as {
        version: string;
      };

      expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    });

    it('refuses to work on a database without its migrations', async () => {
      const { code, stderr } = await passerelle('worker');

      expect(code).toBe(1);
      expect(stderr).toContain('Run "passerelle migrate" first.');
    });

    it('migrates, and says so again', async () => {
      const first = await passerelle('migrate');
      expect(first).toMatchObject({ code: 0, stderr: '' });
      expect(first.stdout).toMatch(/^Applied \d+ migrations?: .*The queue is on Redis\.\n$/);

      const second = await passerelle('migrate');
      expect(second.stdout).toContain('The database was up to date.');
    });

    it('finds no role healthy that does not run', async () => {
      const { code, stdout } = await passerelle('doctor', '--role', 'worker');

      expect(code).toBe(1);
      expect(stdout).toContain('No worker of this machine is alive.');
    });

    it('runs a scheduler and two workers that synchronise, and ends them in time', async () => {
      const roles = [];
      for (const role of ['scheduler', 'worker', 'worker']) roles.push(await startRole(role));

      for (const role of ['scheduler', 'worker']) {
        const { code, stdout } = await passerelle('doctor', '--role', role);
        expect({ role, code }).toEqual({ role, code: 0 });
        expect(stdout).toContain(`A ${role} is alive`);
      }
      for (const task of TASKS) {
        const { stdout } = await passerelle('tasks', 'run', task, '--wait', '--json');
        expect(JSON.parse(stdout)).toMatchObject({ task, state: 'succeeded', error: null });
      }
      const students = await passerelle('users', 'list', '--kind', 'student', '--json');
      expect((JSON.parse(students.stdout) as { items: unknown[] }).items).toHaveLength(50);

      const ends = roles.map((child) => finish(child));
      for (const child of roles) child.kill('SIGTERM');
      expect((await Promise.all(ends)).map(({ code }) => code)).toEqual([0, 0, 0]);
      expect((await passerelle('doctor', '--role', 'worker')).code).toBe(1);
    });

    it('keeps the WSDL where its user may write, and nowhere else', async () => {
      const { stdout } = await run('find', [
        image.root,
        '-newer',
        join(image.root, 'run/secrets'),
        ...['-type', 'f', '-not', '-path', '*/run/secrets/*'],
      ]);
      const written = stdout.split('\n').filter((path) => path !== '');

      expect(written.length).toBeGreaterThan(0);
      for (const path of written) expect(path).toContain(`${image.root}/var/lib/passerelle/wsdl/`);
    });
  });
}

async function finish(child: ChildProcess): Promise<Said> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

async function untilSaid(child: ChildProcess, text: string): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on('data', (piece: Buffer) => {
      said += piece.toString();
      if (said.includes(text)) resolve();
    });
    child.once('exit', (code) => reject(new Error(`It ended with ${code}:\n${said}`)));
  });
}
