import type { Registry } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { toIsoDate } from './dates.js';

/** What parts are planned from: the active periods, sites and groups. */
export function createPlanningReader(
  client: PrismaClient,
): Pick<Registry, 'planningData' | 'activePeriods'> {
  const activePeriods: Registry['activePeriods'] = async () => {
    const rows = await client.definition.findMany({
      where: { domain: 'period', status: 'active' },
      orderBy: { code: 'asc' },
      select: { code: true, startsOn: true, endsOn: true },
    });
    return rows.map(({ code, startsOn, endsOn }) => ({
      code,
      startsOn: toIsoDate(startsOn),
      endsOn: toIsoDate(endsOn),
    }));
  };
  const planningData: Registry['planningData'] = async () => ({
    periods: await activePeriods(),
    siteCodes: await activeSiteCodes(client),
    groups: await client.group.findMany({
      where: { status: 'active' },
      orderBy: [{ kind: 'asc' }, { code: 'asc' }],
      select: { kind: true, code: true, periodCode: true, siteCode: true },
    }),
  });
  return { activePeriods, planningData };
}

async function activeSiteCodes(client: PrismaClient): Promise<string[]> {
  const sites = await client.site.findMany({
    where: { status: 'active' },
    orderBy: { code: 'asc' },
    select: { code: true },
  });
  return sites.map(({ code }) => code);
}
