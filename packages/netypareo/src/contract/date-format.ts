/**
 * Date formats in the French letters of NetYParéo's own documents: `JJ/MM/AAAA`,
 * `AAAA-MM-JJ`, `JJ/MM/AAAA HH:MM:SS`; what stands in square brackets may be
 * missing (`JJ/MM/AAAA[ HH:MM:SS]`). `MM` after `HH` means minutes. The letters of
 * ISO (`DD`, `YYYY`) are understood too.
 */
export interface DateFormat {
  /**
   * The value as `YYYY-MM-DD`, or `YYYY-MM-DDTHH:MM:SS` where the format has a time;
   * null for a zero date (`00/00/0000`), undefined if it doesn't fit or is no day.
   */
  parse(text: string): string | null | undefined;
  /** Writes an ISO day (`YYYY-MM-DD`) in this format; a time is midnight. */
  write(isoDate: string): string;
  hasTime: boolean;
}

type Part = 'day' | 'month' | 'year' | 'hour' | 'minute' | 'second';

const TOKENS = /JJ|DD|MM|AAAA|YYYY|HH|SS|\[|\]|./gs;
const WIDTHS: Record<Part, number> = { day: 2, month: 2, year: 4, hour: 2, minute: 2, second: 2 };

/**
 * Reads a format.
 * @throws Error with a sentence, if it lacks a day, a month or a year
 */
export function compileDateFormat(format: string): DateFormat {
  const parts: Part[] = [];
  const written: (Part | { text: string })[] = [];
  let pattern = '';
  let depth = 0;
  for (const [token] of format.matchAll(TOKENS)) {
    const part = partOf(token, parts);
    if (part !== undefined) {
      parts.push(part);
      written.push(part);
      pattern += `(\\d{${WIDTHS[part]}})`;
    } else if (token === '[') {
      depth++;
      pattern += '(?:';
    } else if (token === ']') {
      depth--;
      pattern += ')?';
    } else {
      written.push({ text: token });
      pattern += token.replace(/[.*+?^${}()|\\/-]/, '\\$&');
    }
  }
  for (const needed of ['day', 'month', 'year'] as const) {
    if (!parts.includes(needed) || depth !== 0) {
      throw new Error(`expected a date format such as JJ/MM/AAAA or JJ/MM/AAAA[ HH:MM:SS]`);
    }
  }
  const regex = new RegExp(`^${pattern}$`);
  const hasTime = parts.includes('hour');
  return {
    hasTime,
    parse: (text) => parseDate(regex.exec(text), parts, hasTime),
    write: (isoDate) => writeDate(isoDate, written),
  };
}

function partOf(token: string, before: readonly Part[]): Part | undefined {
  switch (token) {
    case 'JJ':
    case 'DD':
      return 'day';
    case 'AAAA':
    case 'YYYY':
      return 'year';
    case 'MM':
      return before.includes('hour') ? 'minute' : 'month';
    case 'HH':
      return 'hour';
    case 'SS':
      return 'second';
    default:
      return undefined;
  }
}

function parseDate(
  match: RegExpExecArray | null,
  parts: readonly Part[],
  hasTime: boolean,
): string | null | undefined {
  if (match === null) return undefined;
  const found: Record<Part, string> = {
    day: '00',
    month: '00',
    year: '0000',
    hour: '00',
    minute: '00',
    second: '00',
  };
  parts.forEach((part, index) => {
    found[part] = match[index + 1] ?? found[part];
  });
  if (found.day === '00' && found.month === '00' && found.year === '0000') return null;
  if (!isDay(Number(found.year), Number(found.month), Number(found.day))) return undefined;
  const day = `${found.year}-${found.month}-${found.day}`;
  if (!hasTime) return day;
  const isTime = found.hour <= '23' && found.minute <= '59' && found.second <= '59';
  return isTime ? `${day}T${found.hour}:${found.minute}:${found.second}` : undefined;
}

function isDay(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return day <= days;
}

function writeDate(isoDate: string, written: readonly (Part | { text: string })[]): string {
  const values: Record<Part, string> = {
    year: isoDate.slice(0, 4),
    month: isoDate.slice(5, 7),
    day: isoDate.slice(8, 10),
    hour: '00',
    minute: '00',
    second: '00',
  };
  return written.map((piece) => (typeof piece === 'string' ? values[piece] : piece.text)).join('');
}
