import type { Bilingual } from './field-rules.js';
import type { Schedule } from './parse-schedule.js';
import { clock, cycleStep, enumerate, numbersInWords, stepOf } from './words.js';

/** When within a day. */
export interface TimesInWords {
  text: Bilingual;
  /** Says by itself that it is so every day: "toutes les 5 minutes". */
  allDay: boolean;
  /** Plain times, "à 02:30", that follow the days without a comma. */
  listed: boolean;
}

/** More times than this are not listed one by one. */
const LISTED_TIMES = 4;
const ALL_HOURS = 24;

/** Words for minutes and hours; each branch fits exactly, the last one always. */
export function describeTimes(schedule: Schedule): TimesInWords {
  const { minutes, hours } = schedule;
  if (hours.length === ALL_HOURS) {
    return { text: withinEveryHour(minutes), allDay: true, listed: false };
  }
  if (minutes.length * hours.length <= LISTED_TIMES) {
    return { text: timeList(minutes, hours), allDay: false, listed: true };
  }
  const text =
    onceAnHour(minutes, hours) ?? steadyFromTo(minutes, hours) ?? minutesOfHours(minutes, hours);
  return { text, allDay: false, listed: false };
}

function timeList(minutes: readonly number[], hours: readonly number[]): Bilingual {
  const times = hours.flatMap((hour) => minutes.map((minute) => clock(hour, minute)));
  return { fr: `à ${enumerate(times, 'et')}`, en: `at ${enumerate(times, 'and')}` };
}

function withinEveryHour(minutes: readonly number[]): Bilingual {
  const step = cycleStep(minutes, 60);
  const start = minutes[0] ?? 0;
  if (step !== null) {
    const every = everyMinutes(step);
    if (start === 0) return every;
    return { fr: `${every.fr} dès la minute ${start}`, en: `${every.en} from minute ${start}` };
  }
  const which = numbersInWords(minutes);
  return minutes.length === 1
    ? { fr: `toutes les heures à la minute ${start}`, en: `every hour at minute ${start}` }
    : { fr: `toutes les heures aux minutes ${which.fr}`, en: `every hour at minutes ${which.en}` };
}

function everyMinutes(step: number): Bilingual {
  return step === 1
    ? { fr: 'toutes les minutes', en: 'every minute' }
    : { fr: `toutes les ${step} minutes`, en: `every ${step} minutes` };
}

/** One minute of evenly spaced hours. */
function onceAnHour(minutes: readonly number[], hours: readonly number[]): Bilingual | null {
  const [minute, second] = minutes;
  const step = stepOf(hours);
  if (minute === undefined || second !== undefined || step === null) return null;
  const from = clock(hours[0] ?? 0, minute);
  const to = clock(hours.at(-1) ?? 0, minute);
  return step === 1
    ? { fr: `toutes les heures de ${from} à ${to}`, en: `every hour from ${from} to ${to}` }
    : {
        fr: `toutes les ${step} heures de ${from} à ${to}`,
        en: `every ${step} hours from ${from} to ${to}`,
      };
}

/** Evenly spaced minutes that go on through following hours, or within a single one. */
function steadyFromTo(minutes: readonly number[], hours: readonly number[]): Bilingual | null {
  const together = hours.length === 1 || stepOf(hours) === 1;
  const step = hours.length === 1 ? stepOf(minutes) : cycleStep(minutes, 60);
  if (!together || step === null) return null;
  const every = everyMinutes(step);
  const from = clock(hours[0] ?? 0, minutes[0] ?? 0);
  const to = clock(hours.at(-1) ?? 0, minutes.at(-1) ?? 0);
  return { fr: `${every.fr} de ${from} à ${to}`, en: `${every.en} from ${from} to ${to}` };
}

function minutesOfHours(minutes: readonly number[], hours: readonly number[]): Bilingual {
  const minute = numbersInWords(minutes);
  const hour = numbersInWords(hours);
  const one = { minute: minutes.length === 1, hour: hours.length === 1 };
  return {
    fr: `${one.minute ? 'à la minute' : 'aux minutes'} ${minute.fr} ${one.hour ? "de l'heure" : 'des heures'} ${hour.fr}`,
    en: `at minute${one.minute ? '' : 's'} ${minute.en} of hour${one.hour ? '' : 's'} ${hour.en}`,
  };
}
