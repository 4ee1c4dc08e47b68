import type { Run, RunPart, Shortfall } from '@passerelle/sync';
import { showCount } from './format.js';

/** Parts named; `runs show --json` lists all. */
const MOST_NAMED = 10;

/** `period 2026, site 2, group G1`, or the list where it is the whole of it. */
function namePart({ reading, periodCode, siteCode, groupCode, page }: RunPart): string {
  const pieces = [
    periodCode === null ? null : `period ${periodCode}`,
    siteCode === null ? null : `site ${siteCode}`,
    groupCode === null ? null : `group ${groupCode}`,
    page === null ? null : `records ${page.offset + 1}-${page.offset + page.limit}`,
  ].filter((piece) => piece !== null);
  return pieces.length === 0 ? reading : pieces.join(', ');
}

/** What a run that applied the rest could not read, and what has become of it. */
export function renderShortfall(run: Run, shortfall: Shortfall): [string, string][] {
  const { lacked, missing, readBy } = shortfall;
  if (lacked.length === 0) return [];
  if (readBy !== null) {
    return [...listParts('Lacked', lacked), ['Read since', `all of it, by run ${readBy.id}`]];
  }
  return [
    ...listParts('Missing', missing),
    ['To read it', `passerelle runs retry ${run.id} reads this only, and suspends nobody`],
  ];
}

/** What a retry of missing parts means for the run that lacked them. */
export function renderOriginal(original: Run, shortfall: Shortfall): [string, string][] {
  const { lacked } = shortfall;
  if (lacked.length === 0) return [];
  return [
    ...listParts(`Run ${original.id} lacked`, lacked),
    [`Run ${original.id} now`, describeState(shortfall)],
  ];
}

/** Likewise, to whoever asked for the retry. */
export function describeOriginal(original: Run, shortfall: Shortfall): string {
  const { lacked } = shortfall;
  return `Run ${original.id} lacked ${nameParts(lacked).join('; ')}: ${describeState(shortfall)}.`;
}

function describeState({ missing, readBy }: Shortfall): string {
  if (readBy !== null) return 'nothing of it is missing any more';
  return `${nameParts(missing).join('; ')} ${missing.length === 1 ? 'is' : 'are'} missing still`;
}

function listParts(lead: string, parts: readonly RunPart[]): [string, string][] {
  return nameParts(parts).map((name, index) => [index === 0 ? lead : '', name]);
}

function nameParts(parts: readonly RunPart[]): string[] {
  const more = parts.length - MOST_NAMED;
  const named = parts.slice(0, MOST_NAMED).map(namePart);
  return more > 0 ? [...named, `and ${showCount(more)} more`] : named;
}
