import { type BlackoutWindow, beginsOn, dayNumber, MINUTES_PER_DAY } from './blackout-window.js';
import { type Hours, parseTerm } from './parse-terms.js';

export type ParsedBlackouts =
  | { ok: true; windows: BlackoutWindow[] }
  /** A sentence that names the entry and says what was expected. */
  | { ok: false; problem: string };

/** What an entry says, as far as it says it. */
type EntryTerms = Partial<Pick<BlackoutWindow, 'weekdays' | 'dates'>> & { hours?: Hours[] };

/** Longer settings are refused unread; nothing sensible needs as much. */
const MAX_LENGTH = 4_000;
const MINUTES_PER_WEEK = 7 * MINUTES_PER_DAY;
const WHOLE_DAY: Hours = { from: 0, to: MINUTES_PER_DAY };
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6] as const;

/**
 * Reads the setting that says when runs leave the source alone, such as
 * `mon-fri 08:00-12:00; 22:00-02:00; 2026-12-24/2027-01-03`: entries separated
 * by `;`, each with days of the week (English or French), a date or a range of
 * dates, and hours, any of which may be missing but not all. What an entry
 * names must all hold: `mon 2026-06-01/2026-06-30 12:00-14:00` is the Mondays
 * of June. Without hours it is whole days; hours that pass midnight belong to
 * the day on which they begin. An empty text gives no windows.
 */
export function parseBlackouts(text: string): ParsedBlackouts {
  if (text.length > MAX_LENGTH) {
    return refuse(`The text is longer than ${MAX_LENGTH} characters; write fewer entries.`);
  }
  const windows: BlackoutWindow[] = [];
  for (const entry of text.split(';').map((each) => each.trim())) {
    if (entry === '') continue;
    const parsed = parseEntry(entry);
    if (!parsed.ok) return parsed;
    windows.push(...parsed.windows);
  }
  if (neverEnds(windows)) {
    return refuse(
      'The entries leave no minute of the week free, so nothing would ever be read; leave a gap.',
    );
  }
  return { ok: true, windows };
}

function parseEntry(entry: string): ParsedBlackouts {
  let terms: EntryTerms = {};
  for (const word of normalise(entry).split(' ')) {
    const term = parseTerm(word);
    if ('problem' in term) return refuseEntry(entry, term.problem);
    const twice = Object.keys(term).find((kind) => kind in terms);
    if (twice !== undefined) {
      return refuseEntry(entry, `"${word}": ${twice} are given twice; write two entries`);
    }
    terms = { ...terms, ...term };
  }
  const { weekdays = EVERY_DAY, dates = null, hours = [WHOLE_DAY] } = terms;
  const windows = hours.map((each) => ({ weekdays, dates, ...each }));
  if (windows.some(neverBegins)) {
    return refuseEntry(entry, 'none of its dates falls on one of its days of the week');
  }
  return { ok: true, windows };
}

/** Lower case, plain hyphens, and no spaces but those between the words. */
function normalise(entry: string): string {
  return entry
    .toLowerCase()
    .replace(/[\u2010-\u2014]/g, '-')
    .replace(/\s+/g, ' ')
    .replace(/ ?([-,/]) ?/g, '$1');
}

function neverBegins(window: BlackoutWindow): boolean {
  if (window.dates === null) return false;
  const [first, last] = [dayNumber(window.dates.first), dayNumber(window.dates.last)];
  for (let day = first; day <= last; day++) if (beginsOn(window, day)) return false;
  return true;
}

/** Whether what recurs fills every minute of the week; what has a date passes. */
function neverEnds(windows: readonly BlackoutWindow[]): boolean {
  const taken = new Set<number>();
  for (const { weekdays, dates, from, to } of windows) {
    if (dates !== null) continue;
    for (const weekday of weekdays) {
      for (let minute = from; minute < to; minute++) {
        taken.add((weekday * MINUTES_PER_DAY + minute) % MINUTES_PER_WEEK);
      }
    }
  }
  return taken.size === MINUTES_PER_WEEK;
}

/** Names the entry, no more of it than one can read. */
function refuseEntry(entry: string, problem: string): ParsedBlackouts {
  const shown = entry.length > 60 ? `${entry.slice(0, 60)}…` : entry;
  const named = problem.startsWith(`"${shown}"`);
  return refuse(named ? `${problem}.` : `In "${shown}", ${problem}.`);
}

function refuse(problem: string): ParsedBlackouts {
  return { ok: false, problem };
}
