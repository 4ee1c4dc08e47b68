import type { Bilingual } from './field-rules.js';
import { de, enumerate, MONTHS_EN, MONTHS_FR, type Stretch, stretchesOf } from './words.js';

/** `en janvier et de mars à mai`; a stretch over the year's end is one stretch. */
export function monthWords(months: readonly number[]): Bilingual {
  const parts = monthStretches(months);
  const fr = parts.map(({ first, last }) =>
    first === last
      ? `en ${monthName(MONTHS_FR, first)}`
      : `${de(monthName(MONTHS_FR, first))} à ${monthName(MONTHS_FR, last)}`,
  );
  const en = parts.map(({ first, last }) =>
    first === last
      ? `in ${monthName(MONTHS_EN, first)}`
      : `from ${monthName(MONTHS_EN, first)} to ${monthName(MONTHS_EN, last)}`,
  );
  return { fr: enumerate(fr, 'et'), en: enumerate(en, 'and') };
}

function monthStretches(months: readonly number[]) {
  const missing = stretchesOfGaps(months);
  const [gap] = missing;
  const overYearEnd = missing.length === 1 && months.includes(1) && months.includes(12);
  return gap && overYearEnd && months.length > 2
    ? [{ first: gap.last + 1, last: gap.first - 1 }]
    : stretchesOf(months);
}

/** The unbroken stretches of months left out. */
function stretchesOfGaps(months: readonly number[]) {
  const gaps: Stretch[] = [];
  for (let month = 1; month <= 12; month++) {
    if (months.includes(month)) continue;
    const open = gaps.at(-1);
    if (open && open.last === month - 1) open.last = month;
    else gaps.push({ first: month, last: month });
  }
  return gaps;
}

/** A month's name, from 1. */
export function monthName(names: readonly string[], month: number): string {
  return names[month - 1] ?? '';
}
