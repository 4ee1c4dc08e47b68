import type { Language } from '../health/describe-event.js';
import { describeWait } from '../health/describe-wait.js';
import type { RunEvent, RunEventDetail } from '../ports/run-events.js';

type Words = Record<Language, string>;

/**
 * An event of a run's log as a phrase without a full stop.
 * @param time shows a time in the centre's time zone
 */
export function describeRunEvent(event: RunEvent, time: (at: Date) => string): Words {
  const { part, state, detail } = event;
  if (part !== null) return describePart(part, state, detail);
  if (state === 'waiting' && detail.reason !== undefined) {
    const until = detail.until === undefined ? event.at : new Date(detail.until);
    return describeWait({ reason: detail.reason, until }, event.at, time);
  }
  return because(RUN_WORDS[state] ?? { fr: state, en: state }, detail);
}

function describePart(part: number, state: RunEvent['state'], detail: RunEventDetail): Words {
  const place = placeOf(detail);
  const { fr, en } = PART_WORDS[state] ?? { fr: state, en: state };
  const { read = 0, rejected = 0 } = detail;
  const figures =
    state === 'done'
      ? { fr: ` : ${countFr(read, rejected)}`, en: `: ${countEn(read, rejected)}` }
      : { fr: '', en: '' };
  const said = {
    fr: `partie ${part}${place.fr} ${fr}${figures.fr}`,
    en: `part ${part}${place.en} ${en}${figures.en}`,
  };
  return because(said, detail);
}

/** Sentences for administrators are in English throughout; they follow the phrase. */
function because({ fr, en }: Words, { error }: RunEventDetail): Words {
  return error === undefined ? { fr, en } : { fr: `${fr} : ${error}`, en: `${en}: ${error}` };
}

const RUN_WORDS: Partial<Record<RunEvent['state'], Words>> = {
  queued: { fr: 'demandée', en: 'requested' },
  running: { fr: 'en cours', en: 'under way' },
  waiting: { fr: 'en attente', en: 'waiting' },
  held: {
    fr: 'suppressions retenues, à approuver ou à rejeter',
    en: 'removals held, to be decided',
  },
  succeeded: { fr: 'réussie', en: 'succeeded' },
  partial: { fr: 'terminée, mais incomplète', en: 'ended, but incomplete' },
  failed: { fr: 'échouée', en: 'failed' },
  cancelled: { fr: 'annulée', en: 'cancelled' },
};

const PART_WORDS: Partial<Record<RunEvent['state'], Words>> = {
  pending: { fr: 'remise à plus tard', en: 'put off' },
  done: { fr: 'lue', en: 'read' },
  failed: { fr: 'échouée', en: 'failed' },
  split: { fr: 'demandée en plus petits morceaux', en: 'asked for in smaller pieces' },
  set_aside: { fr: 'mise de côté, illisible', en: 'set aside as unreadable' },
};

function placeOf({ period, site, group, offset, limit }: RunEventDetail): Words {
  const page =
    offset === undefined || limit === undefined ? null : `${offset + 1}–${offset + limit}`;
  const fr = [
    ...(period === undefined ? [] : [`période ${period}`]),
    ...(site === undefined ? [] : [`site ${site}`]),
    ...(group === undefined ? [] : [`groupe ${group}`]),
    ...(page === null ? [] : [`fiches ${page}`]),
  ];
  const en = [
    ...(period === undefined ? [] : [`period ${period}`]),
    ...(site === undefined ? [] : [`site ${site}`]),
    ...(group === undefined ? [] : [`group ${group}`]),
    ...(page === null ? [] : [`records ${page}`]),
  ];
  return { fr: inBrackets(fr), en: inBrackets(en) };
}

function inBrackets(words: readonly string[]): string {
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}

function countFr(read: number, rejected: number): string {
  const aside = rejected === 0 ? '' : `, dont ${rejected} mise${rejected > 1 ? 's' : ''} de côté`;
  return `${read} fiche${read > 1 ? 's' : ''}${aside}`;
}

function countEn(read: number, rejected: number): string {
  return `${read} record${read === 1 ? '' : 's'}${rejected === 0 ? '' : `, ${rejected} of them set aside`}`;
}
