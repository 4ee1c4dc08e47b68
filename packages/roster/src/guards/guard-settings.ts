import type { Bilingual } from '../schedule/field-rules.js';

/** What can speak against the removals of a run (facts/operations.md, "Roster syncs"). */
export const GUARD_NAMES = [
  'removals',
  'site-removals',
  'group-removals',
  'emptied',
  'identity-swaps',
  'changed',
  'rejected',
  'anonymous',
] as const;
export type GuardName = (typeof GUARD_NAMES)[number];

/** Trips beyond so many, or beyond so many percent, whichever allows more. */
export interface CountLimit {
  count: number;
  percent: number;
}

/** Trips beyond so many percent, where there are at least `from` in all. */
export interface ShareLimit {
  percent: number;
  from: number;
}

/** The guards of a task; null or false: switched off. */
export interface GuardSettings {
  /** Of a whole list: suspensions, memberships and tutorships, each by itself. */
  removals: CountLimit | null;
  /** Likewise of a site. */
  'site-removals': CountLimit | null;
  /** Likewise of a group. */
  'group-removals': CountLimit | null;
  /** A list, a site's share of it or a part that falls to zero. */
  emptied: boolean;
  /** People of whom name and birth date both changed while the code did not. */
  'identity-swaps': CountLimit | null;
  /** Known records that changed at once. */
  changed: ShareLimit | null;
  /** Records read that were set aside. */
  rejected: ShareLimit | null;
  /** Records without a code among the rejected: they may be anyone's. */
  anonymous: boolean;
}

/** What holds for a task of which nothing else was said. */
export const GUARD_DEFAULTS: Readonly<GuardSettings> = {
  removals: { count: 20, percent: 5 },
  'site-removals': { count: 10, percent: 10 },
  'group-removals': { count: 8, percent: 50 },
  emptied: true,
  'identity-swaps': { count: 3, percent: 0 },
  changed: { percent: 50, from: 50 },
  rejected: { percent: 5, from: 20 },
  anonymous: true,
};

/** Guards that were set, in the words of `parseGuards`; those not named have their defaults. */
export type GuardTexts = Readonly<Partial<Record<GuardName, string>>>;

/** What is wrong with the setting of a guard: a sentence that says what to write instead. */
export interface GuardProblem {
  guard: string;
  message: Bilingual;
}

export type ParsedGuards =
  | { ok: true; settings: GuardSettings; texts: GuardTexts }
  | { ok: false; problems: GuardProblem[] };

/** Is this the name of a guard? */
export function isGuardName(name: string): name is GuardName {
  return (GUARD_NAMES as readonly string[]).includes(name);
}

/**
 * Reads guards as an administrator writes them: `30,10%` (beyond 30 or 10 %,
 * whichever allows more), `30`, `10%`; for shares `50%` or `50%,from 100`; `on` or
 * `off`. `on` and `default` go back to the default.
 */
export function parseGuards(texts: Readonly<Record<string, string>>): ParsedGuards {
  const problems: GuardProblem[] = [];
  const settings: GuardSettings = { ...GUARD_DEFAULTS };
  const set: Partial<Record<GuardName, string>> = {};
  for (const [name, written] of Object.entries(texts)) {
    const text = written.trim().toLowerCase();
    if (!isGuardName(name)) problems.push({ guard: name, message: unknownGuard(name) });
    else if (text === 'on' || text === 'default') continue;
    else if (setGuard(settings, name, text)) set[name] = text;
    else problems.push({ guard: name, message: malformed(name, written) });
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, settings, texts: set };
}

/** A guard's setting as `parseGuards` reads it. */
export function showGuard(settings: Readonly<GuardSettings>, name: GuardName): string {
  const setting = settings[name];
  if (setting === null || setting === false) return 'off';
  if (setting === true) return 'on';
  if ('from' in setting) return `${setting.percent}%,from ${setting.from}`;
  return setting.percent === 0 ? String(setting.count) : `${setting.count},${setting.percent}%`;
}

/** False: the text says nothing that this guard understands. */
function setGuard(settings: GuardSettings, name: GuardName, text: string): boolean {
  switch (name) {
    case 'emptied':
    case 'anonymous':
      if (text !== 'off') return false;
      settings[name] = false;
      return true;
    case 'changed':
    case 'rejected': {
      const limit = text === 'off' ? null : parseShare(text, GUARD_DEFAULTS[name]?.from ?? 0);
      if (limit === undefined) return false;
      settings[name] = limit;
      return true;
    }
    default: {
      const limit = text === 'off' ? null : parseCount(text);
      if (limit === undefined) return false;
      settings[name] = limit;
      return true;
    }
  }
}

const PERCENT = String.raw`(\d{1,3}(?:\.\d{1,2})?)\s*%`;
const COUNT = String.raw`(\d{1,7})`;
const COUNT_FORM = new RegExp(`^(?:${COUNT}(?:\\s*,\\s*${PERCENT})?|${PERCENT})$`);
const SHARE_FORM = new RegExp(`^${PERCENT}(?:\\s*,\\s*(?:from\\s*)?${COUNT})?$`);

function parseCount(text: string): CountLimit | undefined {
  const match = COUNT_FORM.exec(text);
  if (match === null) return undefined;
  const [, count = '0', beside, alone] = match;
  const percent = Number(beside ?? alone ?? 0);
  return percent > 100 ? undefined : { count: Number(count), percent };
}

function parseShare(text: string, defaultFrom: number): ShareLimit | undefined {
  const match = SHARE_FORM.exec(text);
  if (match === null) return undefined;
  const percent = Number(match[1]);
  return percent > 100 ? undefined : { percent, from: Number(match[2] ?? defaultFrom) };
}

function unknownGuard(name: string): Bilingual {
  const known = GUARD_NAMES.join(', ');
  return {
    fr: `Il n’y a pas de garde-fou « ${name} ». Il y a ${known}.`,
    en: `There is no guard "${name}". There are ${known}.`,
  };
}

function malformed(name: GuardName, text: string): Bilingual {
  const example = showGuard(GUARD_DEFAULTS, name);
  return {
    fr: `Le garde-fou ${name} ne peut pas être « ${text} » : écrivez par exemple ${name}=${example}, ou ${name}=off.`,
    en: `The guard ${name} cannot be "${text}": write ${name}=${example}, for instance, or ${name}=off.`,
  };
}
