import { describe, expect, it } from 'vitest';
import type { SourceEvent } from '../overload/events.js';
import { sourceEvent } from '../overload/events.js';
import { OVERLOADS } from '../ports/source.js';
import { describeEvent, describeOverload } from './describe-event.js';

/** 02:41 in Paris. */
const UNTIL = Date.parse('2026-11-22T01:41:00Z');
const time = (ms: number): string =>
  new Date(ms).toLocaleTimeString('fr-FR', { timeZone: 'Europe/Paris', timeStyle: 'short' });

const where = { overload: 'http_502', operation: 'getApprenants', siteCode: '3' } as const;
const everywhere = { ...where, siteCode: null };
const piece = { reading: 'students', siteCode: '3', groupCode: null } as const;

/** Each kind, and each way of saying it. */
const SAID: [SourceEvent, fr: string, en: string][] = [
  [
    { kind: 'limit_cut', from: 4, to: 2, ...where },
    'limite ramenée de 4 à 2 : réponse 502 sur « getApprenants », site 3',
    'limit cut from 4 to 2: answer 502 to “getApprenants”, site 3',
  ],
  [
    { kind: 'limit_cut', from: 2, to: 1, ...everywhere, overload: 'timeout' },
    'limite ramenée de 2 à 1 : délai dépassé sur « getApprenants »',
    'limit cut from 2 to 1: no answer in time to “getApprenants”',
  ],
  [{ kind: 'limit_raised', from: 2, to: 3 }, 'limite relevée de 2 à 3', 'limit raised from 2 to 3'],
  [
    { kind: 'rest_begun', failures: 5, until: UNTIL, asked: false, ...where },
    'NetYParéo est laissé au repos après 5 échecs de suite, le dernier sur « getApprenants », site 3 (réponse 502) : prochain essai à 02:41',
    'NetYParéo is left alone after 5 failures in a row, the last to “getApprenants”, site 3 (answer 502): next attempt at 02:41',
  ],
  [
    {
      kind: 'rest_begun',
      failures: 1,
      until: UNTIL,
      asked: true,
      ...everywhere,
      overload: 'http_503',
    },
    'NetYParéo demande d’attendre (réponse 503 sur « getApprenants ») : prochain essai à 02:41',
    'NetYParéo asks to wait (answer 503 to “getApprenants”): next attempt at 02:41',
  ],
  [
    { kind: 'probe_failed', overload: 'reset', until: UNTIL },
    'essai sans succès (connexion coupée) : prochain essai à 02:41',
    'attempt failed (connection reset): next attempt at 02:41',
  ],
  [
    { kind: 'rest_ended', restedMs: 44_600 },
    'NetYParéo répond de nouveau, après 45 s ; la lecture reprend',
    'NetYParéo answers again after 45 s; reading goes on',
  ],
  [
    { kind: 'rest_ended', restedMs: 600_000 },
    'NetYParéo répond de nouveau, après 10 min ; la lecture reprend',
    'NetYParéo answers again after 10 min; reading goes on',
  ],
  [
    { kind: 'rest_ended', restedMs: 7_500_000 },
    'NetYParéo répond de nouveau, après 2 h 5 min ; la lecture reprend',
    'NetYParéo answers again after 2 h 5 min; reading goes on',
  ],
  [
    { kind: 'retries_spent', until: UNTIL },
    'trop de nouvelles tentatives : elles passent une par une à partir de 02:41',
    'too many repetitions: they follow one by one from 02:41',
  ],
  [
    {
      kind: 'part_split',
      ...piece,
      into: 'groups',
      pieces: 14,
      pageLimit: null,
      because: 'overload',
    },
    '« students », site 3 : trop lourd d’un seul tenant, demandé groupe par groupe (14)',
    '“students”, site 3: too heavy in one piece, asked for group by group (14)',
  ],
  [
    {
      ...{ kind: 'part_split', ...piece, groupCode: '12' },
      ...{ into: 'pages', pieces: 2, pageLimit: 250, because: 'unreadable' },
    },
    '« students », site 3, groupe 12 : illisible d’un seul tenant, demandé par pages de 250',
    '“students”, site 3, group 12: unreadable in one piece, asked for in pages of 250',
  ],
  [
    { kind: 'piece_set_aside', ...piece, offset: 41, limit: 1 },
    '« students », site 3 : la fiche n° 42 rend la réponse illisible et a été mise de côté',
    '“students”, site 3: record 42 makes the answer unreadable and was set aside',
  ],
  [
    { kind: 'piece_set_aside', ...piece, siteCode: null, offset: 40, limit: 10 },
    '« students » : une des fiches 41 à 50 rend la réponse illisible ; elles ont été mises de côté',
    '“students”: one of the records 41 to 50 makes the answer unreadable; they were set aside',
  ],
  [
    { kind: 'piece_set_aside', ...piece, offset: null, limit: null },
    '« students », site 3 : une fiche rend la réponse illisible ; la liste a été mise de côté',
    '“students”, site 3: a record makes the answer unreadable; the list was set aside',
  ],
];

describe('describeEvent', () => {
  it.each(SAID)('says $kind in French and English', (event, fr, en) => {
    expect(describeEvent(event, time)).toEqual({ fr, en });
  });

  it('knows every kind of event there is', () => {
    const kinds = sourceEvent.options.map(({ shape }) => shape.kind.value);

    expect(new Set(SAID.map(([{ kind }]) => kind))).toEqual(new Set(kinds));
  });
});

it('every sign of overload has a name of its own in both languages', () => {
  const names = OVERLOADS.map(describeOverload);

  expect(new Set(names.map(({ fr }) => fr)).size).toBe(OVERLOADS.length);
  expect(new Set(names.map(({ en }) => en)).size).toBe(OVERLOADS.length);
});
