import { access, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SETTINGS } from '@passerelle/config';
import { parseContract } from '@passerelle/netypareo';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CommandRoom, createCommandRoom } from '../../support/cli.js';
import { CHECKOUT } from './rehearse-image.js';

interface Page {
  path: string;
  text: string;
}

let pages: Page[];
let room: CommandRoom;
beforeAll(async () => {
  const french = (await readdir(join(CHECKOUT, 'docs/fr'))).map((name) => `docs/fr/${name}`);
  pages = await Promise.all(
    ['README.fr.md', ...french].map(async (path) => ({ path, text: await read(path) })),
  );
  room = await createCommandRoom();
  return () => room.remove();
});

const read = (path: string): Promise<string> => readFile(join(CHECKOUT, path), 'utf8');

/** What stands in code, a line each: blocks, and pieces within a sentence. */
function codeOf(text: string): string[] {
  const blocks = [...text.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].map(([, code = '']) => code);
  const prose = text.replace(/^```\w*\n[\s\S]*?^```/gm, '');
  const pieces = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  return [...blocks.flatMap((block) => block.split('\n')), ...pieces].map((line) => line.trim());
}

/** How GitHub names a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\- ]/gu, '')
    .replace(/ /g, '-');
}

describe('the documents for administrators', () => {
  it('give commands and options that there are', async () => {
    const lines = pages
      .flatMap(({ text }) => codeOf(text))
      .map((line) => line.replace(/^docker compose exec \S+ node \S+/, 'passerelle'))
      .filter((line) => /^passerelle [a-z]/.test(line))
      .map((line) => line.replace(/ +#.*$/, '').replace(/[…]/g, ''));
    expect(lines.length).toBeGreaterThan(40);
    const help = new Map<string, string>();
    for (const line of lines) {
      const words = line.split(' ').slice(1);
      const first = words.slice(0, 2).filter((word) => /^[a-z]+$/.test(word));
      const key = first.join(' ');
      if (!help.has(key)) {
        const { code, stdout } = await room.runHere(...first, '--help');
        expect({ line, code }).toEqual({ line, code: 0 });
        help.set(key, stdout);
      }
      expect(help.get(key)).toContain(`Usage: passerelle ${key} [`);
      for (const option of line.match(/--[a-z-]+/g) ?? []) expect(help.get(key)).toContain(option);
    }
  });

  it('name settings that there are', () => {
    const known: string[] = SETTINGS.flatMap(({ name, secret }) =>
      secret ? [name, `${name}_FILE`] : [name],
    );
    const wrongOnPurpose = ['NETYPAREO_MAXCONCURRENCY'];
    const named = pages.flatMap(
      ({ text }) =>
        text.match(/\b(?:PASSERELLE|NETYPAREO|MOODLE|DATABASE|REDIS|LOG)_[A-Z_]+/g) ?? [],
    );
    expect(named.length).toBeGreaterThan(15);
    for (const name of named) expect([...known, ...wrongOnPurpose]).toContain(name);
  });

  it('lead where they say', async () => {
    for (const { path, text } of pages) {
      for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^https?:/.test(target)) continue;
        const [file = '', anchor] = target.split('#');
        const there = file === '' ? path : join(dirname(path), file);
        await access(join(CHECKOUT, there));
        if (anchor === undefined) continue;
        const headings = [...(await read(there)).matchAll(/^#+ (.*)$/gm)];
        expect(headings.map(([, heading = '']) => anchorOf(heading))).toContain(anchor);
      }
    }
  });

  it('name files that there are', async () => {
    const named = pages
      .flatMap(({ text }) => codeOf(text))
      .flatMap((line) => line.match(/(?<![\w/])(?:deploy|packages)\/[\w./@-]+\w/g) ?? []);
    expect(named.length).toBeGreaterThan(3);
    for (const path of named) {
      // Made by deploy/docker/secrets.sh.
      if (path.startsWith('deploy/docker/secrets/')) continue;
      await access(join(CHECKOUT, path.replace(/\*.*$/, '')));
    }
  });

  it('keep French signs from beginning a line', () => {
    for (const { path, text } of pages) {
      const prose = text.replace(/^```\w*\n[\s\S]*?^```/gm, '').replace(/`[^`\n]+`/g, '`');
      expect({ path, found: prose.match(/.{0,20} [:;?!»](?=\s).{0,10}/g) }).toEqual({
        path,
        found: null,
      });
      expect({ path, found: prose.match(/.{0,20}[«] .{0,10}/g) }).toEqual({ path, found: null });
    }
  });
});

describe('docs/fr/contrat.md', () => {
  it('shows pieces that a contract can be made of', async () => {
    const page = await read('docs/fr/contrat.md');
    const builtIn = await read('packages/netypareo/contracts/netypareo.yaml');
    const signIns = [...page.matchAll(/`(signIn: \{.*\})`/g)].map(([, code = '']) => code);
    expect(signIns).toHaveLength(5);
    const blocks = [...page.matchAll(/^```yaml\n(signIn:[\s\S]*?)^```/gm)].map(
      ([, code = '']) => code,
    );
    for (const piece of [...signIns, ...blocks]) {
      const contract = builtIn.replace(/^signIn:\n(?: .*\n)+/m, `${piece.trimEnd()}\n`);
      expect(contract).toContain(piece.trimEnd());
      expect(() => parseContract(contract, 'contrat.yaml')).not.toThrow();
    }
  });
});
