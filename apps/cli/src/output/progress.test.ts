import { Writable } from 'node:stream';
import type { Run, RunWait } from '@passerelle/sync';
import { expect, it } from 'vitest';
import type { RunProgress } from '../runtime/await-run.js';
import { createFormat } from './format.js';
import { languageOf } from './language.js';
import { createProgress } from './progress.js';
import { sayWait } from './wait.js';

const NOW = new Date('2026-11-22T01:35:00Z');
const at = (time: string) => new Date(`2026-11-22T${time}:00Z`);

const progressOf = (wait: RunWait | null): RunProgress => ({
  ...{ run: { wait } as Run, partsDone: 1, partsTotal: 3, read: 20 },
});

/** What is said on standard error, in a locale, while a run passes through these waits. */
function saidOn(waits: (RunWait | null)[], locale: string): string[] {
  const said: string[] = [];
  const stream = new Writable({
    write: (piece: Buffer, _encoding, done) => {
      said.push(piece.toString().trimEnd());
      done();
    },
  });
  const terminal = { out: stream, err: stream, colour: false, locale };
  const context = { terminal, format: createFormat('Europe/Paris'), now: () => NOW };
  const progress = createProgress(terminal, 'sync_students', (wait) => sayWait(context, wait));
  for (const wait of waits) progress.update(progressOf(wait));
  progress.end('succeeded');
  return said;
}

it('a run that waits is told of once for each wait, and its end', () => {
  const first: RunWait = { reason: 'source', until: at('01:41') };
  const second: RunWait = { reason: 'calendar', until: at('11:00') };

  expect(saidOn([null, first, { ...first }, null, second, second], 'en-GB')).toEqual([
    'sync_students  waiting for NetYParéo, next attempt at 02:41',
    'sync_students  waiting until 12:00: reading is not wanted now (PASSERELLE_BLACKOUT)',
    'sync_students  succeeded',
  ]);
});

it('in French where the locale is; a time of another day has its date', () => {
  const wait: RunWait = { reason: 'source', until: new Date('2026-11-23T01:41:00Z') };

  expect(saidOn([wait], 'fr-FR')[0]).toBe(
    'sync_students  en attente de NetYParéo, prochain essai à 2026-11-23 02:41',
  );
});

it.each([
  ['fr', 'fr'],
  ['fr-CA', 'fr'],
  ['FR', 'fr'],
  ['en-US', 'en'],
  ['de-DE', 'en'],
  [undefined, 'en'],
])('the locale %s is spoken to in %s', (locale, language) => {
  expect(languageOf(locale === undefined ? {} : { locale })).toBe(language);
});
