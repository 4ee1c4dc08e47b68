/** A unit's settings by section: `Service` → `User` → what was given, in order. */
export type UnitFile = Readonly<Record<string, Readonly<Record<string, string[]>>>>;

/** Reads a systemd unit. */
export function parseUnit(text: string): UnitFile {
  const unit: Record<string, Record<string, string[]>> = {};
  let section = '';
  for (const line of text.split('\n').map((entry) => entry.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const heading = /^\[(\w+)\]$/.exec(line)?.[1];
    if (heading !== undefined) {
      section = heading;
      unit[section] ??= {};
      continue;
    }
    const [, name = '', value = ''] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (name === '') throw new Error(`Not a setting of a unit: ${line}`);
    ((unit[section] ??= {})[name] ??= []).push(value);
  }
  return unit;
}
