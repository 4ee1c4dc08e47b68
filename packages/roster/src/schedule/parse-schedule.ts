import type { ScheduleFields } from '../tasks.js';
import {
  type Bilingual,
  FIELD_RULES,
  type FieldRule,
  SCHEDULE_FIELD_NAMES,
  type ScheduleFieldName,
} from './field-rules.js';
import { parseItem } from './parse-item.js';

/** A schedule that can be run: what each field allows, sorted, without doubles. */
export interface Schedule {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: readonly number[];
  readonly months: readonly number[];
  /** 0 is Sunday, 6 Saturday. */
  readonly weekdays: readonly number[];
  /** Which of day and weekday must match; `either`: one of them suffices. */
  readonly dayRule: 'day' | 'weekday' | 'either';
}

/** What is wrong with one field: a sentence that says why, and what to write instead. */
export interface ScheduleProblem {
  field: ScheduleFieldName;
  message: Bilingual;
}

export type ParsedSchedule =
  | { ok: true; schedule: Schedule }
  | { ok: false; problems: ScheduleProblem[] };

type ParsedField = { ok: true; values: number[] } | { ok: false; message: Bilingual };

/** Longer fields are refused unread; nothing sensible needs as much. */
const MAX_FIELD_LENGTH = 200;

/**
 * Reads the five fields of a schedule by the grammar of facts/moodle.md,
 * strictly. `R` must have been replaced before (`resolveRandomFields`).
 */
export function parseSchedule(fields: ScheduleFields): ParsedSchedule {
  const problems: ScheduleProblem[] = [];
  const read = (field: ScheduleFieldName): number[] => {
    const parsed = parseField(fields[field], FIELD_RULES[field]);
    if (parsed.ok) return parsed.values;
    problems.push({ field, message: parsed.message });
    return [];
  };
  const [minutes = [], hours = [], days = [], months = [], weekdays = []] =
    SCHEDULE_FIELD_NAMES.map(read);
  if (problems.length > 0) return { ok: false, problems };
  const schedule: Schedule = {
    minutes,
    hours,
    days,
    months,
    weekdays: sortedSet(weekdays.map((weekday) => weekday % 7)),
    dayRule: dayRuleOf(fields),
  };
  return { ok: true, schedule };
}

/** Compared as strings, as Moodle does: day `15` with weekday `0-6` runs daily. */
function dayRuleOf({ day, weekday }: ScheduleFields): Schedule['dayRule'] {
  if (weekday === '*') return 'day';
  return day === '*' ? 'weekday' : 'either';
}

function parseField(text: string, rule: FieldRule): ParsedField {
  if (text.trim() === '') return refuseField(rule, EMPTY);
  if (text.length > MAX_FIELD_LENGTH) return refuseField(rule, TOO_LONG);
  const items = text.split(',').map((item) => ({ item, result: parseItem(item, rule) }));
  const failed = items.find(({ result }) => !result.ok)?.result;
  if (failed && !failed.ok) {
    const fixed = items.map(({ item, result }) => (result.ok ? item : result.fix));
    return refuseField(rule, failed.reason, usable(fixed, rule));
  }
  return {
    ok: true,
    values: sortedSet(items.flatMap(({ result }) => (result.ok ? result.values : []))),
  };
}

const EMPTY: Bilingual = { fr: 'le champ est vide', en: 'the field is empty' };
const TOO_LONG: Bilingual = {
  fr: `le champ dépasse ${MAX_FIELD_LENGTH} caractères`,
  en: `the field is longer than ${MAX_FIELD_LENGTH} characters`,
};

/** The mended field, if every item could be mended and the whole is now right. */
function usable(fixed: (string | undefined)[], rule: FieldRule): string | undefined {
  if (fixed.includes(undefined)) return undefined;
  const suggestion = fixed.filter((item) => item !== '').join(',');
  if (suggestion === 'R' && rule.random) return suggestion;
  return parseField(suggestion, rule).ok ? suggestion : undefined;
}

function refuseField(rule: FieldRule, reason: Bilingual, suggestion?: string): ParsedField {
  const instead = suggestion === undefined ? whatToWrite(rule) : quote(suggestion);
  return {
    ok: false,
    message: {
      fr: `${rule.label.fr} : ${reason.fr} ; écrivez ${instead.fr}.`,
      en: `${rule.label.en}: ${reason.en}; write ${instead.en}.`,
    },
  };
}

function quote(text: string): Bilingual {
  return { fr: `« ${text} »`, en: `“${text}”` };
}

function whatToWrite({ min, max, meaning }: FieldRule): Bilingual {
  const example = `${min + 1}-${min + 5}`;
  const aside = (text: string | undefined) => (text === undefined ? '' : ` (${text})`);
  return {
    fr: `« * », un nombre de ${min} à ${max}${aside(meaning?.fr)}, un intervalle (« ${example} »), un pas (« */2 ») ou une liste (« ${min + 1},${min + 3} »)`,
    en: `“*”, a number from ${min} to ${max}${aside(meaning?.en)}, a range (“${example}”), a step (“*/2”) or a list (“${min + 1},${min + 3}”)`,
  };
}

function sortedSet(values: number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
