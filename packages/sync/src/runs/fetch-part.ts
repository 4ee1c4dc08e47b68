import type { PartPage, PlannedPart } from '@passerelle/roster';
import type { SyncContext } from '../context.js';
import { retryDelayMs } from '../overload/retry-delay.js';
import type { Failure, PartCounts, RunPart } from '../ports/runs.js';
import { SourceError } from '../ports/source.js';
import { judgeFailure } from './judge-failure.js';
import { pauseFor, pauseOfReading } from './pause-reading.js';
import { readIntoStage } from './read-part.js';
import { cutIntoPieces, isHopeless, partsAfter, rememberPieces, setAside } from './split-part.js';

type Deps = Pick<
  SyncContext,
  | 'runs'
  | 'registry'
  | 'source'
  | 'sourceState'
  | 'overload'
  | 'attempts'
  | 'blackoutEnd'
  | 'queue'
  | 'now'
  | 'random'
  | 'timeZone'
  | 'periodAheadDays'
  | 'log'
>;

/** One try at a part, as the queue makes it. */
export interface FetchAttempt {
  runId: number;
  /** The run's enqueue count, for parts that are added. */
  count: number;
  partNumber: number;
  signal: AbortSignal;
}

/**
 * `later`: the part is to be taken up again after a while; `failed`: it will not be
 * read in this run. How often, and how long in between, is decided here alone.
 */
export type FetchOutcome =
  | { outcome: 'done' }
  | { outcome: 'later'; delayMs: number }
  | { outcome: 'failed'; error: SourceError };

/**
 * The `fetch` job: one call to the source, streamed into staging. Only an
 * answer that arrived whole completes the part; anything else leaves no trace
 * that reconciling would see. What is too much at once is asked for in pieces.
 * @throws what the registry throws when the database cannot be reached
 */
export async function fetchPart(deps: Deps, attempt: FetchAttempt): Promise<FetchOutcome> {
  const { runId, partNumber, signal } = attempt;
  const pause = await pauseOfReading(deps);
  if (pause !== null) {
    await deps.runs.markWaiting(runId, pause);
    return { outcome: 'later', delayMs: pause.delayMs };
  }
  const part = await deps.runs.beginPart(runId, partNumber, deps.now());
  if (part === null) return { outcome: 'done' };
  if (part.splitFrom !== null && (await isHopeless(deps, runId, part))) {
    return giveUp(deps, runId, part, hopeless(part));
  }
  try {
    const figures = await readIntoStage(deps, runId, part, signal);
    await complete(deps, attempt, part, figures);
    return { outcome: 'done' };
  } catch (error) {
    if (!(error instanceof SourceError) || signal.aborted) throw error;
    return settleFailure(deps, attempt, part, error);
  }
}

async function complete(
  deps: Deps,
  attempt: FetchAttempt,
  part: RunPart,
  { held, ...figures }: PartCounts & { held: number },
): Promise<void> {
  const { runId } = attempt;
  const { number, attempt: at, page } = part;
  const mayGoOn = page !== null && page.last && held >= page.limit && !isCounted(page, figures);
  const following = mayGoOn ? await partsAfter(deps, part) : [];
  const added = await deps.runs.completePart(
    ...([runId, number, at, figures, following, deps.now()] as const),
  );
  await enqueueMore(deps, attempt, added);
}

/** The list's own count says that it ends with this page. */
function isCounted({ offset, limit }: PartPage, { total }: PartCounts): boolean {
  return total !== null && offset + limit >= total;
}

async function settleFailure(
  deps: Deps,
  attempt: FetchAttempt,
  part: RunPart,
  error: SourceError,
): Promise<FetchOutcome> {
  const { runId } = attempt;
  const isLost = error.kind === 'unreadable' && (await isHopeless(deps, runId, part));
  if (isLost) return giveUp(deps, runId, part, error);
  const pieces = await cutIntoPieces(deps, part);
  const { state } = await deps.sourceState.state();
  const verdict = judgeFailure(part, error, {
    canCut: pieces !== null,
    attempts: deps.attempts,
    lastSuccessAt: state.lastSuccessAt,
  });
  const fields = { runId, part: part.number, attempt: part.attempt, kind: error.kind };
  deps.log.warn({ ...fields, verdict: verdict.verdict }, 'part not read');
  switch (verdict.verdict) {
    case 'rest':
      return restWith(deps, runId, part, error);
    case 'again':
      return tryLater(deps, runId, part, error, verdict.tries);
    case 'cut':
      return cut(deps, attempt, part, pieces ?? [], error, verdict.because);
    case 'setAside':
      await enqueueMore(deps, attempt, await setAside(deps, runId, part, verdict.page));
      return { outcome: 'done' };
    case 'giveUp':
      return giveUp(deps, runId, part, error);
  }
}

async function restWith(
  deps: Deps,
  runId: number,
  part: RunPart,
  error: SourceError,
): Promise<FetchOutcome> {
  const pause = pauseFor(deps, error.retryAfterMs ?? 0);
  await deps.runs.postponePart(runId, part.number, part.attempt, part.tries, null);
  await deps.runs.markWaiting(runId, pause);
  return { outcome: 'later', delayMs: pause.delayMs };
}

async function tryLater(
  deps: Deps,
  runId: number,
  part: RunPart,
  error: SourceError,
  tries: number,
): Promise<FetchOutcome> {
  await deps.runs.postponePart(runId, part.number, part.attempt, tries, failureOf(error));
  return { outcome: 'later', delayMs: await retryDelayMs(deps, Math.max(1, tries)) };
}

async function cut(
  deps: Deps,
  attempt: FetchAttempt,
  part: RunPart,
  pieces: readonly PlannedPart[],
  error: SourceError,
  because: 'overload' | 'unreadable',
): Promise<FetchOutcome> {
  const { number, attempt: at } = part;
  const added = await deps.runs.splitPart(
    ...([attempt.runId, number, at, pieces, PIECE_TRIES, failureOf(error), deps.now()] as const),
  );
  if (added !== null) await rememberPieces(deps, part, pieces, because);
  await enqueueMore(deps, attempt, added);
  return { outcome: 'done' };
}

/** A piece of what failed is cut again at its first failure. */
const PIECE_TRIES = 1;

async function enqueueMore(
  { queue }: Deps,
  { runId, count }: FetchAttempt,
  added: readonly number[] | null,
): Promise<void> {
  if (added !== null && added.length > 0) await queue.enqueueMoreParts(runId, count, added);
}

async function giveUp(
  deps: Deps,
  runId: number,
  part: RunPart,
  error: SourceError,
): Promise<FetchOutcome> {
  await deps.runs.failPart(runId, part.number, part.attempt, failureOf(error), deps.now());
  return { outcome: 'failed', error };
}

function hopeless({ reading }: RunPart): SourceError {
  return new SourceError(
    'unreadable',
    `Nearly nothing of ${reading} can be read, however little is asked for, so no more of it was asked for. It is not for single records: look at what NetYParéo answers ("source sample"), or ask whoever runs it.`,
    { retryable: false },
  );
}

const failureOf = ({ kind, message }: SourceError): Failure => ({ kind, sentence: message });
