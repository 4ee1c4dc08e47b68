import type { Bilingual, FieldRule } from './field-rules.js';

/**
 * One item of a field's list: the values it names, or what is wrong with it
 * and, where one can be guessed, what was probably meant.
 */
export type ItemResult =
  | { ok: true; values: number[] }
  | { ok: false; reason: Bilingual; fix?: string };

/**
 * Reads `range(/step)?` with `range := * | n | a-b` (facts/moodle.md).
 * Moodle skips every character it doesn't know; here nothing is skipped.
 */
export function parseItem(item: string, rule: FieldRule): ItemResult {
  const match = /^(?<range>\*|\d+|\d+-\d+)(?:\/(?<step>\d+))?$/.exec(item);
  if (!match?.groups) return explainShape(item, rule);
  const { range = '', step } = match.groups;
  const padded = /(^|\D)0\d/.test(item);
  if (padded) return refuse('leadingZero', item, item.replace(/(^|\D)0+(?=\d)/g, '$1'));
  const every = step === undefined ? 1 : Number(step);
  if (every === 0) return refuse('zeroStep', item, range);
  if (every > rule.count) return refuseStep(item, every, rule);
  const [first, last] = boundsOf(range, step !== undefined, rule);
  if (first < rule.min || last > rule.max) return refuseRange(item, rule);
  if (first > last) return refuseBackwards(item, first, last, rule);
  return { ok: true, values: progression(first, last, every) };
}

/** A single number with a step runs on to the field's end: `5/10` = 5,15,…,55. */
function boundsOf(range: string, stepped: boolean, rule: FieldRule): [number, number] {
  if (range === '*') return [rule.min, rule.max];
  const [first = '', last] = range.split('-');
  if (last !== undefined) return [Number(first), Number(last)];
  return [Number(first), stepped ? rule.max : Number(first)];
}

function progression(first: number, last: number, step: number): number[] {
  const values: number[] = [];
  for (let value = first; value <= last; value += step) values.push(value);
  return values;
}

const REASONS = {
  leadingZero: {
    fr: (item: string) => `« ${item} » commence par un zéro`,
    en: (item: string) => `“${item}” has a leading zero`,
  },
  zeroStep: {
    fr: (item: string) => `« ${item} » a un pas de zéro`,
    en: (item: string) => `“${item}” has a step of zero`,
  },
  emptyItem: {
    fr: () => 'la liste a un élément vide',
    en: () => 'the list has an empty item',
  },
  noRange: {
    fr: (item: string) => `« ${item} » ne dit rien avant la barre`,
    en: (item: string) => `“${item}” says nothing before the slash`,
  },
  noStep: {
    fr: (item: string) => `« ${item} » n'a pas de pas après la barre`,
    en: (item: string) => `“${item}” has no step after the slash`,
  },
  starNumber: {
    fr: (item: string) => `« ${item} » mêle l'étoile et un nombre`,
    en: (item: string) => `“${item}” mixes the star with a number`,
  },
  decimal: {
    fr: (item: string) => `« ${item} » n'est pas un nombre entier`,
    en: (item: string) => `“${item}” is not a whole number`,
  },
  semicolon: {
    fr: (item: string) => `« ${item} » sépare par un point-virgule`,
    en: (item: string) => `“${item}” separates by a semicolon`,
  },
  spaces: {
    fr: (item: string) => `« ${item} » contient une espace`,
    en: (item: string) => `“${item}” contains a space`,
  },
  trailing: {
    fr: (item: string) => `« ${item} » n'est pas un nombre`,
    en: (item: string) => `“${item}” is not a number`,
  },
  random: {
    fr: () =>
      "« R » doit être seul, et ne vaut que pour la minute, l'heure et le jour de la semaine",
    en: () => '“R” must stand alone, and is for the minute, the hour and the weekday only',
  },
  shortcut: {
    fr: (item: string) => `le raccourci « ${item} » n'est pas reconnu`,
    en: (item: string) => `the shortcut “${item}” is not understood`,
  },
  name: {
    fr: (item: string) => `« ${item} » est un nom, et seuls les nombres sont reconnus`,
    en: (item: string) => `“${item}” is a name, and only numbers are understood`,
  },
  unknown: {
    fr: (item: string) => `« ${item} » n'est ni un nombre, ni un intervalle, ni « * »`,
    en: (item: string) => `“${item}” is neither a number, nor a range, nor “*”`,
  },
} as const;

function refuse(reason: keyof typeof REASONS, item: string, fix?: string): ItemResult {
  const texts = REASONS[reason];
  const both = { fr: texts.fr(item), en: texts.en(item) };
  return fix === undefined ? { ok: false, reason: both } : { ok: false, reason: both, fix };
}

/** Says why an item has none of the forms there are. */
function explainShape(item: string, rule: FieldRule): ItemResult {
  if (item.trim() === '') return refuse('emptyItem', item, '');
  if (/\s/.test(item)) return refuse('spaces', item, item.replace(/\s/g, ''));
  if (item.startsWith('@')) return refuse('shortcut', item);
  if (/^R$/i.test(item)) {
    return item === 'R' || !rule.random ? refuse('random', item) : refuse('name', item, 'R');
  }
  if (/^[\p{L}-]+$/u.test(item)) return refuse('name', item);
  if (item.startsWith('/')) return refuse('noRange', item, `*${item}`);
  if (item.endsWith('/')) return refuse('noStep', item, item.slice(0, -1));
  if (/^\*\d/.test(item)) return refuse('starNumber', item, item.slice(1));
  if (/^\d+\.\d+$/.test(item)) return refuse('decimal', item, item.replace('.', ','));
  if (/^[\d;]+$/.test(item)) return refuse('semicolon', item, item.replaceAll(';', ','));
  const number = /^(\d+)\p{L}+$/u.exec(item);
  return number?.[1] ? refuse('trailing', item, number[1]) : refuse('unknown', item);
}

function refuseStep(item: string, step: number, rule: FieldRule): ItemResult {
  return {
    ok: false,
    reason: {
      fr: `« ${item} » a un pas de ${step}, plus grand que les ${rule.count} valeurs du champ`,
      en: `“${item}” has a step of ${step}, more than the field's ${rule.count} values`,
    },
  };
}

function refuseRange(item: string, rule: FieldRule): ItemResult {
  return {
    ok: false,
    reason: {
      fr: `« ${item} » sort des valeurs possibles, de ${rule.min} à ${rule.max}`,
      en: `“${item}” is outside the possible values, ${rule.min} to ${rule.max}`,
    },
  };
}

/** `22-2` most probably means "over the end": 22-23,0-2. */
function refuseBackwards(item: string, first: number, last: number, rule: FieldRule): ItemResult {
  const top = rule.min + rule.count - 1;
  const span = (from: number, to: number) => (from === to ? `${from}` : `${from}-${to}`);
  const fix = first > top ? span(rule.min, last) : `${span(first, top)},${span(rule.min, last)}`;
  return {
    ok: false,
    reason: {
      fr: `« ${item} » va du plus grand au plus petit`,
      en: `“${item}” runs backwards`,
    },
    ...(item.includes('/') ? {} : { fix }),
  };
}
