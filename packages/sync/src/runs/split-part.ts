import { applyLearnt, coarser, cutPart, pageAfter, type PlannedPart } from '@passerelle/roster';
import type { SyncContext } from '../context.js';
import type { SourceEvent } from '../overload/events.js';
import type { RunPart } from '../ports/runs.js';

type Deps = Pick<
  SyncContext,
  'runs' | 'registry' | 'source' | 'sourceState' | 'overload' | 'now' | 'log'
>;

/** The pieces that a part can be asked for in; null where the contract knows no smaller ones. */
export async function cutIntoPieces(
  deps: Pick<Deps, 'registry' | 'source'>,
  part: RunPart,
): Promise<PlannedPart[] | null> {
  const pieces = deps.source.piecesOf(part.reading);
  if (!pieces.byGroup && pieces.page === null) return null;
  return cutPart(part, pieces, await deps.registry.planningData());
}

/**
 * Tells the timeline, and remembers for the next run what was too much at once. A
 * record that breaks its answer says nothing of how much the source bears.
 */
export async function rememberPieces(
  deps: Pick<Deps, 'sourceState' | 'overload'>,
  { reading, siteCode, groupCode }: RunPart,
  pieces: readonly PlannedPart[],
  because: 'overload' | 'unreadable',
): Promise<void> {
  const pageLimit = pieces[0]?.page?.limit ?? null;
  const byGroup = pageLimit === null;
  await tell(deps, {
    kind: 'part_split',
    ...{ reading, siteCode, groupCode, because, pageLimit },
    into: byGroup ? 'groups' : 'pages',
    pieces: pieces.length,
  });
  if (because === 'overload') {
    await deps.sourceState.learn({ reading, siteCode, groupCode, byGroup, pageLimit });
  }
}

/** After so long without trouble a coarser piece is tried again. */
const REMEMBERED_MS = 7 * 86_400_000;

/**
 * Cuts a plan at once as finely as earlier runs have learnt, and forgets slowly:
 * what has been so for a week is asked for one step coarser.
 */
export async function cutAsLearnt(
  deps: Pick<Deps, 'registry' | 'source' | 'sourceState'>,
  parts: readonly PlannedPart[],
): Promise<PlannedPart[]> {
  const known = await deps.sourceState.learnt();
  if (known.length === 0) return [...parts];
  const { now } = await deps.sourceState.state();
  const current = [];
  for (const piece of known) {
    if (now - piece.learntAt.getTime() < REMEMBERED_MS) {
      current.push(piece);
      continue;
    }
    const larger = coarser(piece, deps.source.piecesOf(piece.reading));
    if (larger === null) await deps.sourceState.forget(piece);
    else {
      const { reading, siteCode, groupCode } = piece;
      await deps.sourceState.learn({ reading, siteCode, groupCode, ...larger });
      current.push({ ...piece, ...larger });
    }
  }
  const data = await deps.registry.planningData();
  return applyLearnt(parts, current, (reading) => deps.source.piecesOf(reading), data);
}

/** Pieces that cannot be read before their share is looked at. */
const MANY_UNREADABLE = 20;

/**
 * Whether nearly nothing of a list can be read, however little is asked for: then
 * it is not for single records, and cutting goes nowhere. One bad record among good
 * ones leaves a readable piece beside it at every cut. Only pieces count: each of
 * many sites may have a bad record of its own.
 */
export async function isHopeless(
  { runs }: Pick<Deps, 'runs'>,
  runId: number,
  { reading }: RunPart,
): Promise<boolean> {
  const parts = (await runs.listParts(runId)).filter(
    (part) => part.reading === reading && part.splitFrom !== null,
  );
  const count = (isOf: (part: RunPart) => boolean): number => parts.filter(isOf).length;
  const unreadable = count(
    ({ state, errorKind }) =>
      state === 'set_aside' || (state === 'split' && errorKind === 'unreadable'),
  );
  return unreadable > MANY_UNREADABLE && unreadable > 2 * count(({ state }) => state === 'done');
}

/**
 * Sets a piece aside that cannot be read for what is in it: the run goes on
 * without it, and takes nobody for gone who may be in it.
 * @param page where in its list the piece is
 * @returns the numbers of parts added; null when another attempt has taken over
 */
export async function setAside(
  deps: Deps,
  runId: number,
  part: RunPart,
  { offset, limit }: NonNullable<RunPart['page']>,
): Promise<number[] | null> {
  const { reading, siteCode, groupCode } = part;
  const rejection = {
    ordinal: offset + 1,
    code: null,
    reason: 'unreadable',
    path: '',
    message: `${limit === 1 ? 'The record' : `One of the ${limit} records`} from position ${offset + 1} on breaks every answer it is in (an illegal character, most likely in a name or an address): correct it in NetYParéo.`,
  };
  const following = await partsAfter(deps, part);
  const added = await deps.runs.setPartAside(
    ...([runId, part.number, part.attempt, rejection, following, deps.now()] as const),
  );
  if (added !== null) {
    await tell(deps, { kind: 'piece_set_aside', reading, siteCode, groupCode, offset, limit });
  }
  return added;
}

/**
 * What comes after a page that was read or set aside, if it may not have been the
 * last: as large as the contract has it, or as was learnt of this list, however
 * small the piece before had to be.
 */
export async function partsAfter(
  deps: Pick<Deps, 'source' | 'sourceState'>,
  part: RunPart,
): Promise<PlannedPart[]> {
  if (part.page === null || !part.page.last) return [];
  const bounds = deps.source.piecesOf(part.reading).page;
  const known = (await deps.sourceState.learnt()).find((piece) => isOfSamePlace(piece, part));
  const next = pageAfter(part, known?.pageLimit ?? bounds?.limit ?? part.page.limit);
  return next === null ? [] : [next];
}

type Place = Pick<RunPart, 'reading' | 'siteCode' | 'groupCode'>;

function isOfSamePlace(one: Place, other: Place): boolean {
  return (
    one.reading === other.reading &&
    one.siteCode === other.siteCode &&
    one.groupCode === other.groupCode
  );
}

async function tell(
  { sourceState, overload }: Pick<Deps, 'sourceState' | 'overload'>,
  event: SourceEvent,
): Promise<void> {
  await sourceState.settle({}, overload.serverLimitMs, (state) => ({
    ...{ state, events: [event], result: undefined },
  }));
}
