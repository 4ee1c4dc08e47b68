/** Formats for people's eyes. */
export interface Format {
  /** `2025-09-01 02:30`, in the centre's time zone; a dash when there is none. */
  instant(at: Date | null): string;
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
  return {
    instant: (at) => (at === null ? '-' : formatter.format(at)),
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
