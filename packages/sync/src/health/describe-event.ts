import type { SourceEvent } from '../overload/events.js';
import type { Overload } from '../ports/source.js';

/** The languages of what people read. */
export type Language = 'fr' | 'en';

type Say<Event> = (event: Event, time: (ms: number) => string) => Record<Language, string>;
type Sayings = {
  [Kind in SourceEvent['kind']]: Say<Extract<SourceEvent, { kind: Kind }>>;
};

/**
 * An event of the timeline as a sentence without a full stop.
 * @param time shows a time (milliseconds since 1970) in the centre's time zone
 */
export function describeEvent(
  event: SourceEvent,
  time: (ms: number) => string,
): Record<Language, string> {
  const say = SAYINGS[event.kind] as Say<SourceEvent>;
  return say(event, time);
}

/** What a sign of overload is called. */
export function describeOverload(overload: Overload): Record<Language, string> {
  return OVERLOAD_NAMES[overload];
}

const OVERLOAD_NAMES: Record<Overload, Record<Language, string>> = {
  http_429: { fr: 'réponse 429', en: 'answer 429' },
  http_500: { fr: 'réponse 500', en: 'answer 500' },
  http_502: { fr: 'réponse 502', en: 'answer 502' },
  http_503: { fr: 'réponse 503', en: 'answer 503' },
  http_504: { fr: 'réponse 504', en: 'answer 504' },
  reset: { fr: 'connexion coupée', en: 'connection reset' },
  cut_off: { fr: 'réponse tronquée', en: 'answer cut off' },
  empty: { fr: 'réponse vide', en: 'empty answer' },
  timeout: { fr: 'délai dépassé', en: 'no answer in time' },
  refused_connection: { fr: 'connexion refusée', en: 'connection refused' },
  html_page: { fr: 'page HTML au lieu d’une réponse', en: 'an HTML page instead of an answer' },
};

const SAYINGS: Sayings = {
  limit_cut: ({ from, to, overload, operation, siteCode }) => ({
    fr: `limite ramenée de ${from} à ${to} : ${OVERLOAD_NAMES[overload].fr} sur « ${operation} »${site(siteCode)}`,
    en: `limit cut from ${from} to ${to}: ${OVERLOAD_NAMES[overload].en} to “${operation}”${site(siteCode)}`,
  }),
  limit_raised: ({ from, to }) => ({
    fr: `limite relevée de ${from} à ${to}`,
    en: `limit raised from ${from} to ${to}`,
  }),
  rest_begun: ({ failures, overload, until, asked, operation, siteCode }, time) => ({
    fr: asked
      ? `NetYParéo demande d’attendre (${OVERLOAD_NAMES[overload].fr} sur « ${operation} »${site(siteCode)}) : prochain essai à ${time(until)}`
      : `NetYParéo est laissé au repos après ${failures} échecs de suite, le dernier sur « ${operation} »${site(siteCode)} (${OVERLOAD_NAMES[overload].fr}) : prochain essai à ${time(until)}`,
    en: asked
      ? `NetYParéo asks to wait (${OVERLOAD_NAMES[overload].en} to “${operation}”${site(siteCode)}): next attempt at ${time(until)}`
      : `NetYParéo is left alone after ${failures} failures in a row, the last to “${operation}”${site(siteCode)} (${OVERLOAD_NAMES[overload].en}): next attempt at ${time(until)}`,
  }),
  probe_failed: ({ overload, until }, time) => ({
    fr: `essai sans succès (${OVERLOAD_NAMES[overload].fr}) : prochain essai à ${time(until)}`,
    en: `attempt failed (${OVERLOAD_NAMES[overload].en}): next attempt at ${time(until)}`,
  }),
  rest_ended: ({ restedMs }) => ({
    fr: `NetYParéo répond de nouveau, après ${duration(restedMs)} ; la lecture reprend`,
    en: `NetYParéo answers again after ${duration(restedMs)}; reading goes on`,
  }),
  retries_spent: ({ until }, time) => ({
    fr: `trop de nouvelles tentatives : elles passent une par une à partir de ${time(until)}`,
    en: `too many repetitions: they follow one by one from ${time(until)}`,
  }),
  part_split: ({ reading, siteCode, groupCode, into, pieces, pageLimit, because }) => {
    const what = list(reading, siteCode, groupCode);
    const why = because === 'overload' ? TOO_HEAVY : UNREADABLE;
    const how =
      into === 'groups'
        ? { fr: `groupe par groupe (${pieces})`, en: `group by group (${pieces})` }
        : { fr: `par pages de ${pageLimit}`, en: `in pages of ${pageLimit}` };
    return {
      fr: `${what.fr} : ${why.fr} d’un seul tenant, demandé ${how.fr}`,
      en: `${what.en}: ${why.en} in one piece, asked for ${how.en}`,
    };
  },
  piece_set_aside: ({ reading, siteCode, groupCode, offset, limit }) => {
    const what = list(reading, siteCode, groupCode);
    const records = setAside(offset ?? 0, limit);
    return { fr: `${what.fr} : ${records.fr}`, en: `${what.en}: ${records.en}` };
  },
};

const TOO_HEAVY = { fr: 'trop lourd', en: 'too heavy' };
const UNREADABLE = { fr: 'illisible', en: 'unreadable' };

const site = (code: string | null): string => (code === null ? '' : `, site ${code}`);

/** `« students », site 3, groupe 12` */
function list(
  reading: string,
  siteCode: string | null,
  groupCode: string | null,
): Record<Language, string> {
  const group =
    groupCode === null ? EMPTY : { fr: `, groupe ${groupCode}`, en: `, group ${groupCode}` };
  return {
    fr: `« ${reading} »${site(siteCode)}${group.fr}`,
    en: `“${reading}”${site(siteCode)}${group.en}`,
  };
}

const EMPTY = { fr: '', en: '' };

/** Of a piece that no smaller one can be made of. */
function setAside(offset: number, limit: number | null): Record<Language, string> {
  const first = offset + 1;
  if (limit === null) {
    return {
      fr: 'une fiche rend la réponse illisible ; la liste a été mise de côté',
      en: 'a record makes the answer unreadable; the list was set aside',
    };
  }
  if (limit === 1) {
    return {
      fr: `la fiche n° ${first} rend la réponse illisible et a été mise de côté`,
      en: `record ${first} makes the answer unreadable and was set aside`,
    };
  }
  const last = offset + limit;
  return {
    fr: `une des fiches ${first} à ${last} rend la réponse illisible ; elles ont été mises de côté`,
    en: `one of the records ${first} to ${last} makes the answer unreadable; they were set aside`,
  };
}

/** Minutes and seconds; the same in both languages. */
function duration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
