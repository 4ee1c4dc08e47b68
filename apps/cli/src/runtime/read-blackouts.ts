import { type Config, ConfigError } from '@passerelle/config';
import { type BlackoutWindow, parseBlackouts } from '@passerelle/roster';

/**
 * When runs leave the source alone, as set.
 * @throws ConfigError that names the setting and what is wrong with it
 */
export function readBlackouts({ blackout }: Pick<Config, 'blackout'>): BlackoutWindow[] {
  const parsed = parseBlackouts(blackout);
  if (parsed.ok) return parsed.windows;
  throw new ConfigError([{ setting: 'PASSERELLE_BLACKOUT', message: parsed.problem }]);
}
