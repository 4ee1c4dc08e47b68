import {
  type CallFigures,
  type CallOutcome,
  describeEvent,
  describeOverload,
  describeWait,
  type Language,
  type SourceHealth,
} from '@passerelle/sync';
import type { Format } from './format.js';
import { type Cell, renderFacts, renderTable } from './table.js';
import type { Terminal } from './terminal.js';
import { WORDS } from './source-health-words.js';

/** What the page is drawn with. */
export interface HealthPage {
  terminal: Pick<Terminal, 'colour'>;
  format: Format;
  language: Language;
  now: Date;
  /** How far back calls and events go. */
  hours: number;
}

/** Events that a person is shown, and steps of the limit. */
const MOST_SHOWN = 30;
const MOST_STEPS = 40;

/**
 * How the source fares, in the order in which a worried administrator asks: is it
 * up, how much is asked of it, what waits, how calls went, what happened, what to do.
 */
export function renderSourceHealth(health: SourceHealth, page: HealthPage): string {
  const { language } = page;
  const words = WORDS[language];
  const advice = health.advice.map(({ text }) => `→ ${text[language]}`);
  return [
    sayState(health, page),
    renderFacts(factsOf(health, page)),
    renderCalls(health, page),
    [words.timeline, ...renderEvents(health, page)].join('\n'),
    ...(advice.length === 0 ? [] : [[words.advice, ...advice].join('\n')]),
  ].join('\n\n');
}

function sayState(health: SourceHealth, { format, language, now }: HealthPage): string {
  const words = WORDS[language];
  const time = (at: Date): string => format.time(at, now);
  const { restsSince, nextProbeAt, pausedUntil, lastSuccessAt, failuresInARow } = health;
  const lines = [];
  if (restsSince !== null) {
    const isAhead = nextProbeAt !== null && nextProbeAt > now;
    const next = isAhead ? `${AT[language]} ${time(nextProbeAt)}` : words.now;
    lines.push(words.rests(time(restsSince), next, failuresInARow));
  } else if (lastSuccessAt !== null) lines.push(words.answers(time(lastSuccessAt)));
  else lines.push(words.unknown);
  if (restsSince === null && failuresInARow > 0) lines.push(words.failingNow(failuresInARow));
  if (pausedUntil !== null) lines.push(words.paused(time(pausedUntil)));
  return lines.join('\n');
}

const AT: Record<Language, string> = { fr: 'à', en: 'at' };
const COLON: Record<Language, string> = { fr: ' : ', en: ': ' };

function factsOf(health: SourceHealth, page: HealthPage): [string, Cell][] {
  const { format, language, now } = page;
  const words = WORDS[language];
  const { limit, hardCap, ceiling, limitHistory, underWay, waiting, retriesLeft } = health;
  const atOnce = [
    words.atOnceIs(limit, hardCap),
    ...(hardCap > 1 ? [words.keptForLogins] : []),
    ...(ceiling === null ? [] : [words.ceiling(ceiling)]),
  ];
  const calls = underWay.map(({ operation, siteCode, takenAt }) => {
    const where = siteCode === null ? [] : [words.site(siteCode)];
    return [operation, ...where, words.since(format.time(takenAt, now))].join(', ');
  });
  const runs = waiting.map(({ id, task, wait }) => {
    if (wait === null) return words.run(id, task);
    return `${words.run(id, task)}${COLON[language]}${describeWait(wait, now, (at) => format.time(at, now))[language]}`;
  });
  const drawn: [string, Cell] = [words.history, drawLimit(limitHistory, hardCap, page)];
  return [
    [words.atOnce, atOnce.join(', ')],
    ...(limitHistory.length === 0 ? [] : [drawn]),
    ...below(words.underWay, calls, words.none),
    ...below(words.waiting, runs, words.none),
    [words.retries, words.retriesLeft(retriesLeft)],
  ];
}

/** Several values under one name. */
function below(name: string, values: readonly string[], none: string): [string, Cell][] {
  if (values.length === 0) return [[name, none]];
  return values.map((value, index) => [index === 0 ? name : '', value]);
}

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** The limit after each of its last changes: `▁▂▃▂ (02:30-02:41)`. */
function drawLimit(
  history: SourceHealth['limitHistory'],
  hardCap: number,
  { format, now }: HealthPage,
): string {
  const shown = history.slice(-MOST_STEPS);
  const step = (BARS.length - 1) / Math.max(1, hardCap - 1);
  const bars = shown.map(({ limit }) => BARS[Math.round((Math.min(limit, hardCap) - 1) * step)]);
  const times = [shown[0], shown.at(-1)].flatMap((end) =>
    end === undefined ? [] : [format.time(end.at, now)],
  );
  return `${bars.join('')} (${[...new Set(times)].join(' - ')})`;
}

function renderCalls({ calls }: SourceHealth, page: HealthPage): string {
  const words = WORDS[page.language];
  if (calls.length === 0) return words.noCalls(page.hours);
  const rows = calls.map((figures) => {
    const { operation, purpose, outcomes, latencyMs } = figures;
    const all = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
    const times = [latencyMs?.p50, latencyMs?.p90, latencyMs?.p99].map(showTime);
    return [
      ...[operation, words.purposes[purpose], all, outcomes.ok ?? 0, ...times],
      sayOutcomes(figures, page.language),
    ];
  });
  return `${words.calls(page.hours)}\n${renderTable(page.terminal, words.callsHead, rows)}`;
}

const showTime = (ms: number | undefined): Cell =>
  ms === undefined ? null : `${(ms / 1_000).toFixed(ms < 100 ? 3 : 1)} s`;

/** `3 × answer 502, 1 × broken off`, the most frequent first. */
function sayOutcomes({ outcomes }: CallFigures, language: Language): string {
  const counted = Object.entries(outcomes) as [CallOutcome, number][];
  return counted
    .filter(([outcome, count]) => outcome !== 'ok' && count > 0)
    .toSorted(([, one], [, other]) => other - one)
    .map(([outcome, count]) => `${count} × ${nameOf(outcome, language)}`)
    .join(', ');
}

function nameOf(outcome: CallOutcome, language: Language): string {
  if (outcome === 'ok') return 'ok';
  if (outcome === 'aborted' || outcome === 'failed') return WORDS[language][outcome];
  return describeOverload(outcome)[language];
}

/** Newest last: what a person reads last is nearest to now. */
function renderEvents({ events }: SourceHealth, { format, language, now }: HealthPage): string[] {
  const words = WORDS[language];
  if (events.length === 0) return [words.nothing];
  const shown = events.slice(0, MOST_SHOWN).toReversed();
  const lines = shown.map(({ at, event }) => {
    const said = describeEvent(event, (ms) => format.time(new Date(ms), at));
    return `${format.time(at, now)} · ${said[language]}`;
  });
  const hidden = events.length - shown.length;
  return hidden === 0 ? lines : [words.more(hidden), ...lines];
}
