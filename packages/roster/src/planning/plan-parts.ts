import {
  type GroupKind,
  type IsoDate,
  type PartScope,
  type Reading,
  type SplitDimension,
  WHOLE_LIST,
} from '../entities.js';
import { type PeriodDefinition, selectReadPeriods } from './periods.js';

/** What planning needs to know of the registry: its active periods, sites and groups. */
export interface PlanningData {
  periods: PeriodDefinition[];
  siteCodes: string[];
  groups: {
    kind: GroupKind;
    code: string;
    periodCode: string | null;
    siteCode: string | null;
  }[];
}

/** What a part is to read, before it has a number. */
export interface PlannedPart extends PartScope {
  reading: Reading;
}

export interface PlanRequest {
  readings: readonly Reading[];
  splitOf: (reading: Reading) => readonly SplitDimension[];
  data: PlanningData;
  today: IsoDate;
  periodAheadDays: number;
  /** Limits the run to one site. */
  siteCode: string | null;
}

/** The parts of a run, or why there can be none: a sentence for an administrator. */
export type PlanOutcome = { ok: true; parts: PlannedPart[] } | { ok: false; sentence: string };

/**
 * Cuts the readings of a task into parts, one call each, by the dimensions the
 * contract names: period × site × group, from the definition cache and the
 * registry. A list that cannot be cut as asked yields no plan, never an empty
 * one: absence may only be concluded from what was really read.
 */
export function planParts(request: PlanRequest): PlanOutcome {
  const parts: PlannedPart[] = [];
  for (const reading of request.readings) {
    const outcome = planReading(request, reading);
    if (!outcome.ok) return outcome;
    parts.push(...outcome.parts);
  }
  return { ok: true, parts };
}

function planReading(request: PlanRequest, reading: Reading): PlanOutcome {
  const split = request.splitOf(reading);
  if (request.siteCode !== null && !split.includes('site') && !split.includes('group')) {
    return refuse(
      `The contract does not split ${reading} by site or group, so this task cannot be limited to a site; run it without --site.`,
    );
  }
  let scopes: PartScope[] = [WHOLE_LIST];
  if (split.includes('period')) {
    const periods = selectReadPeriods(request.data.periods, request.today, request.periodAheadDays);
    if (periods.length === 0) return refuse(noPeriod(request));
    scopes = periods.map(({ code }) => ({ ...WHOLE_LIST, periodCode: code }));
  }
  if (split.includes('group')) return planByGroup(request, reading, split, scopes);
  if (split.includes('site')) {
    const sites = sitesOf(request);
    if (sites.length === 0) return refuse(noSite(request));
    scopes = scopes.flatMap((scope) => sites.map((siteCode) => ({ ...scope, siteCode })));
  }
  return { ok: true, parts: scopes.map((scope) => ({ reading, ...scope })) };
}

function planByGroup(
  request: PlanRequest,
  reading: Reading,
  split: readonly SplitDimension[],
  scopes: readonly PartScope[],
): PlanOutcome {
  const byPeriod = split.includes('period');
  const parts = scopes.flatMap((scope) =>
    request.data.groups
      .filter((group) => !byPeriod || group.periodCode === scope.periodCode)
      .filter((group) => request.siteCode === null || group.siteCode === request.siteCode)
      .map((group) => ({
        reading,
        periodCode: scope.periodCode,
        siteCode: split.includes('site') ? group.siteCode : null,
        groupCode: group.code,
        page: null,
      })),
  );
  if (parts.length > 0) return { ok: true, parts };
  return refuse(
    'No group is known for the periods to read: run sync_groups (and sync_pdgroups) first.',
  );
}

function sitesOf({ data, siteCode }: PlanRequest): string[] {
  return siteCode === null ? data.siteCodes : data.siteCodes.filter((code) => code === siteCode);
}

function noPeriod({ data, today, periodAheadDays }: PlanRequest): string {
  return data.periods.length === 0
    ? 'No school period is known yet: run update_caches first.'
    : `None of the ${data.periods.length} known school periods contains ${today} or begins within ${periodAheadDays} days: enter the new period in NetYParéo, then run update_caches.`;
}

function noSite({ data, siteCode }: PlanRequest): string {
  return siteCode === null || data.siteCodes.length === 0
    ? 'No site is known yet: run sync_sites first.'
    : `No active site has the code ${siteCode}; known are ${data.siteCodes.join(', ')}.`;
}

function refuse(sentence: string): PlanOutcome {
  return { ok: false, sentence };
}
