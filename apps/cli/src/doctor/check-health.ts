import type { Context } from '../context.js';
import { readHealth } from '../runtime/read-health.js';
import { type Finding, fine, warn } from './finding.js';

const HOURS = 24;

/** How NetYParéo has fared lately: whether it is left alone, and what could be done there. */
export async function checkHealth(context: Context): Promise<Finding[]> {
  const { health, now } = await readHealth(context, HOURS);
  const advice = health.advice.map(({ text }) =>
    warn('source', text.en, '"passerelle source health" shows what it is drawn from.'),
  );
  if (health.restsSince !== null && health.nextProbeAt !== null) {
    const { format } = context;
    const since = format.time(health.restsSince, now);
    const next = health.nextProbeAt > now ? `at ${format.time(health.nextProbeAt, now)}` : 'now';
    const rests = warn(
      'source',
      `NetYParéo is left alone since ${since}, after ${health.failuresInARow} failures in a row; the next attempt is due ${next}.`,
      'Runs wait and go on by themselves, logins are still tried. Is NetYParéo up? "passerelle source health" tells more.',
    );
    return [rests, ...advice];
  }
  const limit = `Up to ${health.limit} of at most ${health.hardCap} calls at once are made just now.`;
  return [...advice, ...(health.state === 'unknown' ? [] : [fine('source', limit)])];
}
