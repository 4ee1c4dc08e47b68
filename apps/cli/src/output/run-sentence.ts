import { describeSchoolYearChange, TASKS } from '@passerelle/roster';
import { type Run, runSeconds } from '@passerelle/sync';
import { type Format, showCount } from './format.js';

/** Some lines that tell how a run ended: its figures, and why if it did not succeed. */
export function describeOutcome(run: Run, format: Format): string {
  const why = run.error ?? run.holdReason;
  const turn = run.schoolYear === null ? null : describeSchoolYearChange(run.schoolYear);
  return [
    `${run.dryRun ? 'Dry run' : 'Run'} ${run.id}, ${TASKS[run.task].labels.en}: ${describeEnd(run, format)}.`,
    describeCounts(run),
    ...(turn === null ? [] : [turn.en]),
    ...(why === null ? [] : [why]),
    ...(run.state === 'held' ? [howToDecide(run.id)] : []),
    ...(lacksParts(run) ? [howToComplete(run.id)] : []),
  ].join('\n');
}

const howToDecide = (id: number): string =>
  `"passerelle runs show ${id}" shows why; "passerelle runs approve ${id} --reason …" or "passerelle runs reject ${id} --reason …" decides.`;

/** A partial run that nobody has rejected lacks what it could not read. */
function lacksParts({ state, decision, dryRun, userId, errorKind }: Run): boolean {
  return (
    state === 'partial' &&
    decision === null &&
    errorKind !== 'superseded' &&
    !dryRun &&
    userId === null
  );
}

const howToComplete = (id: number): string =>
  `"passerelle runs retry ${id}" reads again only what is missing.`;

/** `succeeded in 1.4 s` */
export function describeEnd(run: Run, format: Format): string {
  return `${run.state} in ${format.seconds(runSeconds(run))}`;
}

/** `2,000 read: 1,990 created, 0 updated, 10 unchanged.` What is nought and rare is left out. */
function describeCounts({ counts, missing, links }: Run): string {
  const rare: [number, string][] = [
    [counts.suspended, 'suspended'],
    [missing, 'missing, to be suspended when their grace ends'],
    [counts.rejected, 'rejected'],
    [links.added, 'links added'],
    [links.removed, 'links removed'],
  ];
  const parts = [
    `${showCount(counts.created)} created`,
    `${showCount(counts.updated)} updated`,
    `${showCount(counts.unchanged)} unchanged`,
    ...rare.filter(([count]) => count > 0).map(([count, what]) => `${showCount(count)} ${what}`),
  ];
  return `${showCount(counts.read)} read: ${parts.join(', ')}.`;
}
