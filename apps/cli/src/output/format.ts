/** Formats for people's eyes. */
export interface Format {
  /** `2025-09-01 02:30`, in the centre's time zone; a dash when there is none. */
  instant(at: Date | null): string;
  /** `02:30` on the day of `now`, else as `instant` has it. */
  time(at: Date, now: Date): string;
  /** `1.4 s`, `2 min 5 s`; a dash while unknown. */
  seconds(value: number | null): string;
}

/** Formats for one time zone. */
export function createFormat(timeZone: string): Format {
  const formatter = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'short',
  });
  const instant = (at: Date): string => formatter.format(at);
  const [dayOf, timeOf] = [
    (at: Date) => instant(at).slice(0, 10),
    (at: Date) => instant(at).slice(11),
  ];
  return {
    instant: (at) => (at === null ? '-' : instant(at)),
    time: (at, now) => (dayOf(at) === dayOf(now) ? timeOf(at) : instant(at)),
    seconds: showSeconds,
  };
}

function showSeconds(value: number | null): string {
  if (value === null) return '-';
  if (value < 60) return `${value.toFixed(1)} s`;
  const whole = Math.round(value);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** `1 group`, `2 groups`; thousands apart. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${showCount(count)} ${count === 1 ? one : many}`;
}

/** `12,000` */
export function showCount(count: number): string {
  return count.toLocaleString('en-GB');
}
