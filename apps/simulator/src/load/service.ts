import { createRng, type Rng } from '../random.js';
import type { FpmSettings } from './settings.js';

const STREAM = 61;
/** No call takes longer than so many medians by chance alone, however wide the spread. */
const LONGEST = 20;

/** How a child's work on a call ends. */
export type ServiceEnd = 'done' | 'crashed' | 'tooBig';

/** What a child has before it. */
export interface Service {
  durationMs: number;
  end: ServiceEnd;
  /** The head of the answer and some of its body are out when the child dies. */
  midBody: boolean;
}

/**
 * What a call costs the child that takes it. The `index`-th call taken is always dealt
 * the same chance, so that a schedule that starts calls earlier never fares worse.
 * @param others children busy with something else
 * @param bigOthers those of them whose answers may bring a child down
 */
export function dealService(
  settings: FpmSettings,
  index: number,
  bytes: number,
  { others, bigOthers }: { others: number; bigOthers: number },
): Service {
  const rng = createRng(settings.seed, STREAM, index);
  const spread = Math.min(LONGEST, Math.exp(settings.jitter * normal(rng)));
  const sizeMs = settings.bytesPerSecond === null ? 0 : (bytes / settings.bytesPerSecond) * 1_000;
  const fullMs = settings.latencyMs * spread * (1 + settings.slowdown * others) + sizeMs;
  const end = endOf(settings, bytes, bigOthers);
  return end === 'done'
    ? { durationMs: fullMs, end, midBody: false }
    : { durationMs: fullMs * (0.3 + 0.6 * rng.next()), end, midBody: rng.chance(0.5) };
}

function endOf(settings: FpmSettings, bytes: number, bigOthers: number): ServiceEnd {
  if (settings.maxAnswerBytes !== null && bytes > settings.maxAnswerBytes) {
    return 'tooBig';
  }
  return isBig(settings, bytes) && bigOthers > 0 ? 'crashed' : 'done';
}

/** May an answer of this size bring a child down, together with another one? */
export const isBig = ({ segfaultAboveBytes }: FpmSettings, bytes: number): boolean =>
  segfaultAboveBytes !== null && bytes > segfaultAboveBytes;

/** A standard normal deviate (Box and Muller). */
const normal = (rng: Rng): number =>
  Math.sqrt(-2 * Math.log(1 - rng.next())) * Math.cos(2 * Math.PI * rng.next());
