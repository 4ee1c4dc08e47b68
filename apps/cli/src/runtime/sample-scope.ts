import {
  type PartScope,
  planParts,
  type Reading,
  type SplitDimension,
  todayIn,
  WHOLE_LIST,
} from '@passerelle/roster';
import type { PartRequest, Source } from '@passerelle/sync';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import { note } from '../output/terminal.js';

/** The part to sample: what was named, else the first that a run would read. */
export async function chooseScope(
  context: Context,
  source: Pick<Source, 'splitOf'>,
  reading: Reading,
  named: { period?: string; site?: string; group?: string },
): Promise<PartRequest> {
  const scope: PartScope = {
    ...WHOLE_LIST,
    periodCode: named.period ?? null,
    siteCode: named.site ?? null,
    groupCode: named.group ?? null,
  };
  const isNamed = Object.values(scope).some((code) => code !== null);
  const chosen = isNamed ? scope : await firstPart(context, source, reading);
  return { reading, scope: chosen, period: await datesOf(context, chosen.periodCode) };
}

const FLAGS: Record<SplitDimension, string> = {
  period: '--period CODE',
  site: '--site CODE',
  group: '--group CODE',
};

async function firstPart(
  context: Context,
  source: Pick<Source, 'splitOf'>,
  reading: Reading,
): Promise<PartScope> {
  const split = source.splitOf(reading);
  if (split.length === 0) return WHOLE_LIST;
  const { registry } = await context.stores();
  const plan = planParts({
    readings: [reading],
    splitOf: (name) => source.splitOf(name),
    data: await registry.planningData(),
    today: todayIn(context.config.timeZone, context.now()),
    periodAheadDays: context.config.periodAheadDays,
    siteCode: null,
  });
  const first = plan.ok ? plan.parts[0] : undefined;
  if (first !== undefined) return first;
  throw new UsageError(
    `The registry does not know yet how ${reading} is split (${split.join(', ')}). ` +
      `Say what to read: ${split.map((dimension) => FLAGS[dimension]).join(' ')}.`,
  );
}

async function datesOf(
  context: Context,
  periodCode: string | null,
): Promise<PartRequest['period']> {
  if (periodCode === null) return null;
  const { registry } = await context.stores();
  const periods = await registry.activePeriods();
  const found = periods.find(({ code }) => code === periodCode);
  if (found !== undefined) return { startsOn: found.startsOn, endsOn: found.endsOn };
  note(
    context.terminal,
    `The registry does not know period ${periodCode}: where the contract asks by its dates, they are sent empty. Run update_caches first.`,
  );
  return null;
}
