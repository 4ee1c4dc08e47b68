import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkArrows } from './check-arrows.mjs';
import { root } from './lib/run.mjs';

let directory;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'arrows-'));
  workspace('packages/roster', {});
  workspace('packages/sync', { '@passerelle/roster': '0.1.0' });
  workspace('packages/db', { '@passerelle/sync': '0.1.0', pg: '8.0.0' });
  workspace('apps/worker', { '@passerelle/db': '0.1.0' });
});
afterEach(() => rmSync(directory, { recursive: true }));

function write(path, text) {
  const file = join(directory, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function workspace(path, dependencies) {
  write(`${path}/package.json`, JSON.stringify({ dependencies }, null, 2));
}

const check = () => checkArrows(directory).problems;

describe('checkArrows', () => {
  it('accepts imports along the arrows', () => {
    write('packages/sync/src/a.ts', "import type { User } from '@passerelle/roster';\n");
    write('packages/db/src/a.ts', "import pg from 'pg';\nimport { b } from './b.js';\n");
    expect(check()).toEqual([]);
  });

  it.each([
    [
      'packages/roster/src/a.ts',
      "import { x } from '@passerelle/sync';",
      'may import no workspace',
    ],
    ['packages/db/src/a.ts', "export * from '@passerelle/netypareo';", 'adapters never import'],
    ['packages/db/src/a.ts', "import { x } from '@passerelle/config';", 'only apps read'],
    ['packages/db/src/a.ts', "import { x } from '@passerelle/worker';", 'composed by the cli'],
    ['packages/db/src/a.ts', "import { x } from '@passerelle/roster';", 'not among the dependenc'],
    ['packages/sync/src/a.ts', "const x = await import('bullmq');", 'packages/queue alone'],
    ['packages/sync/src/a.ts', "type X = import('pg').Pool;", 'SQL connections'],
    ['packages/sync/src/a.ts', "import '@prisma/client/runtime';", 'packages/db alone'],
    [
      'packages/sync/src/a.ts',
      "import { x } from '@passerelle/roster/src/y.js';",
      'its index only',
    ],
    ['packages/sync/src/a.ts', "import { x } from '../../roster/src/y.js';", 'its index only'],
    [
      'packages/sync/src/a.ts',
      "import { x } from '../../../tests/x.js';",
      'nothing imports tests/',
    ],
    ['tests/a.ts', "import { x } from '../packages/db/src/a.js';", 'its index only'],
  ])('refuses in %s: %s', (file, line, reason) => {
    write(file, `// a first line\n${line}\n`);
    expect(check()).toEqual([expect.stringContaining(`${file}:2 `)]);
    expect(check()[0]).toContain(reason);
  });

  it('finds an import that spans lines', () => {
    write('packages/sync/src/a.ts', "import {\n  a,\n  b,\n} from 'soap';\n");
    expect(check()).toEqual([
      'packages/sync/src/a.ts:4 soap: SOAP is spoken by packages/netypareo alone',
    ]);
  });

  it('reads no imports out of comments', () => {
    write('packages/sync/src/a.ts', "// import 'pg';\n/* import 'soap'; */\nexport const a = 1;\n");
    expect(check()).toEqual([]);
  });

  it('refuses a dependency that is declared and not yet imported', () => {
    workspace('packages/sync', { '@passerelle/roster': '0.1.0', ioredis: '6.0.0' });
    expect(check()).toEqual([expect.stringMatching(/^packages\/sync\/package.json:4 ioredis: /)]);
  });

  it('asks for a new workspace to be entered in the table', () => {
    workspace('packages/utils', { '@passerelle/roster': '0.1.0' });
    expect(check()).toEqual([expect.stringContaining('utils is not in the table')]);
  });

  it('sees the files of this checkout', () => {
    expect(checkArrows(resolve(root)).files).toBeGreaterThan(10);
  });
});
