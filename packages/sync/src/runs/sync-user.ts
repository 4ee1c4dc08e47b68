import { setTimeout as wait } from 'node:timers/promises';
import { planPersonParts, type TaskName, TASKS, type UserKind } from '@passerelle/roster';
import pLimit from 'p-limit';
import type { SyncContext } from '../context.js';
import { retryDelayMs } from '../overload/retry-delay.js';
import type { Author } from '../ports/access.js';
import type { PersonReference } from '../ports/personal-data.js';
import type { Whereabouts } from '../ports/registry.js';
import type { RequestKey, RequestOutcome, Run, RunPart, RunTrigger } from '../ports/runs.js';
import { SourceError } from '../ports/source.js';
import { contextOfRun } from './day-of-run.js';
import { failRun, recordOutcome } from './end-run.js';
import { planWhole } from './plan-run.js';
import { readIntoStage } from './read-part.js';

type Deps = Pick<
  SyncContext,
  | 'runs'
  | 'tasks'
  | 'registry'
  | 'source'
  | 'sourceState'
  | 'overload'
  | 'attempts'
  | 'now'
  | 'random'
  | 'timeZone'
  | 'periodAheadDays'
  | 'leaving'
  | 'log'
>;

export interface SyncUserRequest {
  person: PersonReference;
  trigger: RunTrigger;
  retryOfId?: number;
  requestedBy?: string;
  key?: RequestKey;
  author?: Author;
}

/** What became of a request; of a run that it made, {@link carryOutUserRun} is still to be called. */
export type UserRequestOutcome = (RequestOutcome & { place: Whereabouts }) | { outcome: 'unknown' };

/** `busy`: the same person is being read already; `unknown`: nobody of the registry. */
export type SyncUserOutcome = { outcome: 'ended' | 'busy'; run: Run } | { outcome: 'unknown' };

const TASK_OF = {
  student: 'sync_students',
  teacher: 'sync_teachers',
  tutor: 'sync_tutors',
} as const satisfies Record<Whereabouts['kind'], TaskName>;

const PARTS_AT_ONCE = 3;
/** As often as staged rows may turn out to be stale before it is given up. */
const MOST_ROUNDS = 3;

/**
 * Reads one person where they were and applies it, at once and in this process:
 * beside whatever run of the task is under way, through the same gate. It is a run
 * like others, but nobody is taken for gone by it, and it says nothing about the task.
 */
export async function syncUser(
  deps: Deps,
  request: SyncUserRequest,
  signal: AbortSignal,
): Promise<SyncUserOutcome> {
  const asked = await requestUserRun(deps, request);
  if (asked.outcome === 'unknown') return asked;
  if (asked.outcome !== 'created') return { outcome: 'busy', run: asked.run };
  return { outcome: 'ended', run: await carryOutUserRun(deps, asked.run, asked.place, signal) };
}

/** The first half of {@link syncUser}: writes the run down. */
export async function requestUserRun(
  deps: Pick<Deps, 'runs' | 'registry' | 'now' | 'log'>,
  { person, trigger, ...request }: SyncUserRequest,
): Promise<UserRequestOutcome> {
  const place = await deps.registry.whereabouts(person);
  if (place === null) return { outcome: 'unknown' };
  const { outcome, run } = await deps.runs.requestRun(
    { task: taskOfUser(place.kind), trigger, userId: place.id, ...request },
    deps.now(),
  );
  if (outcome === 'created') {
    deps.log.info({ runId: run.id, task: run.task, trigger }, 'run of one person requested');
  }
  return { outcome, run, place };
}

/** The other half: reads and applies, and returns the run as it ended. */
export async function carryOutUserRun(
  deps: Deps,
  run: Run,
  place: Whereabouts,
  signal: AbortSignal,
): Promise<Run> {
  try {
    await readAndApply(deps, run, place, signal);
  } catch (error) {
    await endBroken(deps, run, signal);
    throw error;
  }
  return (await deps.runs.getRun(run.id)) ?? run;
}

/** The task that reads people of a kind. */
export function taskOfUser(kind: UserKind): TaskName {
  return TASK_OF[kind];
}

async function readAndApply(
  deps: Deps,
  run: Run,
  place: Whereabouts,
  signal: AbortSignal,
): Promise<void> {
  const parts = await planAndStart(deps, run, place);
  if (parts === null) return;
  let open = parts.map(({ number }) => number);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const limit = pLimit(PARTS_AT_ONCE);
    await Promise.all(
      open.map((number) => limit(() => readOne(deps, run.id, number, place.code, signal))),
    );
    const result = await deps.registry.reconcile(run.id, await contextOfRun(deps, run.id));
    if (result.outcome === 'applied') await recordOutcome(deps, result.run);
    if (result.outcome !== 'restage') return;
    open = result.partNumbers;
  }
  const sentence = 'The registry kept changing while the person was read: ask for it again.';
  await failRun(deps, run.id, { kind: 'restaged', sentence });
}

async function planAndStart(deps: Deps, run: Run, place: Whereabouts): Promise<RunPart[] | null> {
  const { readings } = TASKS[run.task];
  const plan = await planWhole(deps, run);
  const byGroup = readings.some((reading) => deps.source.piecesOf(reading).byGroup);
  const parts = plan.ok ? planPersonParts(plan.parts, place, byGroup) : [];
  if (parts.length > 0) return deps.runs.startRun(run.id, parts, deps.now());
  const sentence = plan.ok
    ? 'No list that is read now stands for where the person was: the next complete run looks everywhere.'
    : plan.sentence;
  await failRun(deps, run.id, { kind: 'no_plan', sentence });
  return null;
}

/** One part, tried again as other calls are, while somebody waits. */
async function readOne(
  deps: Deps,
  runId: number,
  number: number,
  code: string,
  signal: AbortSignal,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const part = await deps.runs.beginPart(runId, number, deps.now());
    if (part === null) return;
    const { attempt } = part;
    try {
      const { held: _held, ...figures } = await readIntoStage(deps, runId, part, signal, code);
      await deps.runs.completePart(runId, number, attempt, figures, [], deps.now());
      return;
    } catch (error) {
      if (!(error instanceof SourceError) || signal.aborted) throw error;
      deps.log.warn({ runId, part: number, attempt, kind: error.kind }, 'part not read');
      const failure = { kind: error.kind, sentence: error.message };
      // While the source rests nobody may ask it anything, and that may take long.
      if (!error.retryable || error.kind === 'resting' || tries >= deps.attempts) {
        await deps.runs.failPart(runId, number, attempt, failure, deps.now());
        return;
      }
      await deps.runs.postponePart(runId, number, attempt, tries, failure);
      await wait(await retryDelayMs(deps, tries), undefined, { signal });
    }
  }
}

/** Whoever asked has left, or something broke: nothing of it is applied any more. */
async function endBroken(deps: Deps, run: Run, signal: AbortSignal): Promise<void> {
  if (signal.aborted) {
    await deps.runs.endRun(run.id, 'cancelled', null, deps.now());
    return;
  }
  const sentence = 'Reading the person broke off, and nothing was applied; the log says why.';
  await failRun(deps, run.id, { kind: 'unexpected', sentence });
}
