import { type Overload, OVERLOADS } from '../ports/source.js';
import type { CallFigures, RecordedEvent } from '../ports/source-state.js';
import type { Language } from './describe-event.js';

/** What somebody could do on the server's side, and why. */
export interface Advice {
  code: 'output_buffering' | 'more_children' | 'away' | 'bad_record' | 'slow';
  text: Record<Language, string>;
}

/** What advice is drawn from. */
export interface Observations {
  calls: readonly CallFigures[];
  /** Newest first. */
  events: readonly RecordedEvent[];
  /** Calls at once that the server bears, as far as is known; null: never too many. */
  ceiling: number | null;
  /** Between a call's beginning and the server's own end of it, in milliseconds. */
  serverLimitMs: number;
}

/** Signs of a PHP process that died or was not there. */
const DIED: readonly Overload[] = ['http_502', 'reset', 'cut_off', 'empty'];
/** An answer this much larger than any that arrived fails by its size. */
const LARGER = 1.2;
/** A part is cut at its second failure (runs/judge-failure.ts), its pieces at their first. */
const FAILURES_PER_SPLIT = 3;

/**
 * Advice that fits what was seen, the most useful first. Answers that fail by
 * their size call for the guide's `output_buffering` (facts/netypareo.md, "502
 * errors"); calls that fail by their number alone, for more PHP processes.
 */
export function advise(seen: Observations): Advice[] {
  const advice: Advice[] = [];
  const bySize = failsBySize(seen);
  if (bySize !== null) advice.push(outputBuffering(bySize));
  else if (seen.ceiling !== null && failsByNumber(seen)) advice.push(moreChildren(seen.ceiling));
  if (seen.events.some(({ event }) => event.kind === 'piece_set_aside')) advice.push(BAD_RECORD);
  const slow = slowestNearLimit(seen);
  if (slow !== null) advice.push(tooSlow(slow, seen.serverLimitMs));
  if (isAway(seen)) advice.push(AWAY);
  return advice;
}

/**
 * The operation whose answers failed by their size: larger ones than ever arrived
 * failed, or little else failed than what then had to be cut.
 */
function failsBySize({ calls, events }: Observations): string | null {
  const reading = calls.filter(({ purpose }) => purpose === 'reading');
  const large = reading.find(
    (figures) =>
      diedCalls(figures) > 0 &&
      figures.largestOkBytes > 0 &&
      figures.largestFailedBytes > figures.largestOkBytes * LARGER,
  );
  if (large !== undefined) return large.operation;
  const splits = events.filter(
    ({ event }) => event.kind === 'part_split' && event.because === 'overload',
  );
  const died = reading.reduce((sum, figures) => sum + diedCalls(figures), 0);
  const isSizeAlone = died <= splits.length * FAILURES_PER_SPLIT;
  return isSizeAlone ? (mostFailed(reading)?.operation ?? null) : null;
}

/**
 * Cuts after which reading went on. Those that end in a rest tell of a server that
 * was away, whatever their number.
 */
function failsByNumber({ events }: Observations): boolean {
  let isOpen = false;
  for (const { event } of events.toReversed()) {
    if (event.kind === 'limit_raised' && isOpen) return true;
    if (event.kind === 'rest_begun') isOpen = false;
    if (event.kind === 'limit_cut') isOpen = DIED.includes(event.overload);
  }
  return isOpen;
}

function mostFailed(calls: readonly CallFigures[]): CallFigures | null {
  const [worst] = calls.toSorted((a, b) => diedCalls(b) - diedCalls(a));
  return worst !== undefined && diedCalls(worst) > 0 ? worst : null;
}

function diedCalls({ outcomes }: CallFigures): number {
  return DIED.reduce((sum, sign) => sum + (outcomes[sign] ?? 0), 0);
}

/** Overload and nothing else; a refused login or a SOAP fault is an answer. */
function isAway({ calls }: Observations): boolean {
  const all = calls.map(({ outcomes }) => outcomes);
  const answers = all.some(({ ok, failed }) => (ok ?? 0) + (failed ?? 0) > 0);
  return !answers && all.some((outcomes) => OVERLOADS.some((sign) => (outcomes[sign] ?? 0) > 0));
}

function slowestNearLimit({ calls, serverLimitMs }: Observations): CallFigures | null {
  const near = calls.filter(
    ({ latencyMs }) => latencyMs !== null && latencyMs.p99 > serverLimitMs / 2,
  );
  return near[0] ?? null;
}

const outputBuffering = (operation: string): Advice => ({
  code: 'output_buffering',
  text: {
    fr: `Les grandes réponses de « ${operation} » échouent : sur le serveur de NetYParéo, dans php.ini, portez output_buffering de 4096 à 9192 (guide technique), puis redémarrez PHP. Passerelle demande moins à la fois en attendant.`,
    en: `Large answers of “${operation}” fail: on NetYParéo's server, in php.ini, raise output_buffering from 4096 to 9192 (technical guide), then restart PHP. Passerelle asks for less at a time meanwhile.`,
  },
});

const moreChildren = (ceiling: number): Advice => ({
  code: 'more_children',
  text: {
    fr: `Le serveur échoue dès ${ceiling} appels à la fois, quelle que soit la taille des réponses : demandez plus de processus PHP (pm.max_children) à l’hébergeur de NetYParéo. Passerelle reste en dessous.`,
    en: `The server fails from ${ceiling} calls at once on, whatever the size of the answers: ask whoever hosts NetYParéo for more PHP processes (pm.max_children). Passerelle stays below.`,
  },
});

const tooSlow = ({ operation, latencyMs }: CallFigures, serverLimitMs: number): Advice => ({
  code: 'slow',
  text: {
    fr: `« ${operation} » met jusqu’à ${seconds(latencyMs?.p99)} s, près de la limite du serveur (${seconds(serverLimitMs)} s) : découpez cette lecture plus finement dans le contrat, ou faites relever max_execution_time.`,
    en: `“${operation}” takes up to ${seconds(latencyMs?.p99)} s, close to the server's own limit (${seconds(serverLimitMs)} s): split this reading more finely in the contract, or have max_execution_time raised.`,
  },
});

const BAD_RECORD: Advice = {
  code: 'bad_record',
  text: {
    fr: 'Une fiche contient un caractère illisible et cache sa réponse entière : « passerelle runs show » dit laquelle ; corrigez-la dans NetYParéo.',
    en: 'A record holds an illegal character and hides its whole answer: "passerelle runs show" says which; correct it in NetYParéo.',
  },
};

const AWAY: Advice = {
  code: 'away',
  text: {
    fr: 'Aucun appel n’a abouti : ouvrez l’adresse du service dans un navigateur ; s’il est en maintenance, il n’y a rien à faire, la lecture reprendra d’elle-même.',
    en: 'No call came through: open the address of the service in a browser; if it is under maintenance there is nothing to do, reading will go on by itself.',
  },
};

const seconds = (ms: number | undefined): number => Math.round((ms ?? 0) / 1_000);
