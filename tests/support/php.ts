import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { freePort, startServer } from './spawned.js';

export interface TestPhp {
  url: string;
  stop(): Promise<void>;
}

/**
 * Serves a PHP script by PHP's own web server, on a free port.
 *
 * @param options.workers requests served at once
 * @throws Error if PHP or its soap extension is not installed
 */
export async function startPhp(
  script: string,
  options: { workers: number; env: Readonly<Record<string, string>> },
): Promise<TestPhp> {
  requireSoap();
  const port = await freePort();
  const { PATH, TMPDIR } = process.env;
  const child = await startServer(
    'php',
    ['-S', `127.0.0.1:${port}`, script],
    (output) => output.includes('Development Server'),
    {
      env: { PATH, TMPDIR, PHP_CLI_SERVER_WORKERS: String(options.workers), ...options.env },
      // Its workers outlive the server: they are ended as a group.
      detached: true,
    },
  );
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      process.kill(-child.pid, 'SIGTERM');
      await ended;
    },
  };
}

/** What a PHP script prints as JSON. */
export function runPhp(script: string, ...args: string[]): unknown {
  return JSON.parse(execFileSync('php', [script, ...args], { encoding: 'utf8' }));
}

function requireSoap(): void {
  const { stdout } = spawnSync('php', ['-m'], { encoding: 'utf8' });
  if (/^soap$/m.test(stdout ?? '')) return;
  throw new Error(
    'These tests need PHP with its soap extension: run `apt-get install php-cli php-soap`.',
  );
}
