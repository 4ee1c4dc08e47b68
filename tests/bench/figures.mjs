// The figures of the performance page: what each is, its bar, and how it comes out
// of the experiments.
import { measureFirstSync, measureSizes, measureWorkers } from './experiments.mjs';
import { describe, measureEnqueueing } from './enqueueing.mjs';
import { judgeLogins } from './login-figure.mjs';
import { judgeOverload } from './overload-figure.mjs';
import { judgeSearch } from './searching.mjs';
import { median } from './statistics.mjs';

const PEAK_MB = 220;
const SIDES = {
  P1: ['limit', 'product'],
  P2: ['product', 'parse'],
  P3: ['product', 'naive'],
  P8: ['product'],
};
/** Readers may take half of what the simulator can give; beyond, they measure it. */
const HEADROOM = 2;

/** Every figure there is, in the order of the table. */
export const FIGURES = {
  P1: { what: 'first sync against the limit', bar: 1.5, atMost: true, unit: '×' },
  P2: { what: 'nothing changed, against download + parse', bar: 1.5, atMost: true, unit: '×' },
  P3: { what: 'first sync against the naive peer', bar: 20, atMost: false, unit: '×' },
  P4: { what: 'peak memory at 50 times the learners', bar: 1.15, atMost: true, unit: '×' },
  P5: { what: 'time at 10 times the learners', bar: 11, atMost: true, unit: '×' },
  P6: { what: 'a server that bears little, against an oracle', bar: 1.15, atMost: true, unit: '×' },
  P7: { what: 'four workers against one, on Redis', bar: 1.1, atMost: true, unit: '×' },
  P8: { what: 'event-loop delay in a worker, p99', bar: 50, atMost: true, unit: 'ms' },
  P9: {
    what: 'syncs asked for over the API, against Fastify and BullMQ alone',
    bar: 0.6,
    atMost: false,
    unit: '×',
  },
  P10: { what: 'validating a login, added to the call, p50', bar: 3, atMost: true, unit: 'ms' },
  SEARCH: {
    what: 'a page of the directory at 500,000 people, the slowest kind of search',
    bar: 50,
    atMost: true,
    unit: 'ms',
  },
};

export const FULL = {
  ...{ learners: 50_000, few: 10_000, many: 500_000, rounds: 3 },
  ...{ calls: 800, changing: '4@0,1@30s,6@90s', seconds: 10, logins: 500 },
  ...{ people: 500_000, searches: 15 },
};
/** To try the bench out; its figures are no measurement. */
export const QUICK = {
  ...{ learners: 5_000, few: 1_000, many: 50_000, rounds: 1 },
  ...{ calls: 80, changing: '4@0,1@3s,6@9s', seconds: 3, logins: 100 },
  ...{ people: 50_000, searches: 5 },
};

/**
 * Measures the figures asked for; those that come out of the same experiment share it.
 *
 * @param {object} rig
 * @param {readonly string[]} ids
 * @param {typeof FULL} size
 * @returns {Promise<object[]>} `{id, value, bar, met, detail}` in the order of the table
 */
export async function measureFigures(rig, ids, size) {
  const wanted = (...some) => some.some((id) => ids.includes(id));
  const found = {};
  if (wanted('P1', 'P2', 'P3', 'P8')) Object.assign(found, await firstSyncs(rig, ids, size));
  if (wanted('P6')) found.P6 = await judgeOverload(rig, size);
  if (wanted('P10')) found.P10 = await judgeLogins(rig, size);
  if (wanted('P7')) Object.assign(found, await workers(rig, size));
  if (wanted('SEARCH')) found.SEARCH = await judgeSearch(rig, size);
  if (wanted('P9')) found.P9 = await enqueueing(rig, size);
  if (wanted('P4', 'P5')) Object.assign(found, await sizes(rig, ids, size));
  return Object.keys(FIGURES)
    .filter((id) => ids.includes(id))
    .map((id) => judge(id, found[id]));
}

async function enqueueing(rig, { rounds, seconds: lasting }) {
  const results = await measureEnqueueing(rig, { rounds, seconds: lasting });
  const side = (name) => median(results.map((round) => round[name]));
  return {
    value: median(results.map(({ product, bare }) => product / bare)),
    detail: describe({ product: side('product'), bare: side('bare') }),
  };
}

function judge(id, { value, detail, fails = '' }) {
  const { bar, atMost } = FIGURES[id];
  const isMet = fails === '' && (atMost ? value <= bar : value >= bar);
  return {
    ...{ id, value: Number(value.toFixed(3)), bar, met: isMet },
    detail: fails === '' ? detail : `${detail}; ${fails}`,
  };
}

async function firstSyncs(rig, ids, { learners, rounds }) {
  const asked = Object.keys(SIDES).filter((id) => ids.includes(id));
  const sides = [...new Set(asked.flatMap((id) => SIDES[id]))];
  const results = await measureFirstSync(rig, { learners, rounds, sides });
  const figures = { P1: againstLimit, P2: secondSync, P3: againstNaive, P8: eventLoop };
  return Object.fromEntries(asked.map((id) => [id, figures[id](results, learners)]));
}

function againstLimit(rounds) {
  const [product, limit] = [
    seconds(rounds, ({ product: side }) => side.seconds),
    seconds(rounds, ({ limit: side }) => side.seconds),
  ];
  const differs = rounds.some(({ product: a, limit: b }) =>
    ['userDigest', 'membershipDigest', 'changeDigest'].some(
      (name) => a.registry[name] !== b.registry[name],
    ),
  );
  return {
    value: ratio(rounds, (round) => round.product.seconds / round.limit.seconds),
    detail: `${product} against ${limit}`,
    fails: differs ? 'the limit wrote other rows' : throttled(rounds[0].centre, rounds, 'limit'),
  };
}

function secondSync(rounds) {
  const product = seconds(rounds, (round) => round.product.secondSeconds);
  const parse = seconds(rounds, (round) => round.parse.seconds);
  return {
    value: ratio(rounds, (round) => round.product.secondSeconds / round.parse.seconds),
    detail: `${product} against ${parse}`,
    fails: throttled(rounds[0].centre, rounds, 'parse'),
  };
}

function againstNaive(rounds, learners) {
  const product = (round) => learners / round.product.seconds;
  const naive = (round) => round.naive.learners / round.naive.seconds;
  const rate = (of) => Math.round(median(rounds.map(of)));
  return {
    value: ratio(rounds, (round) => product(round) / naive(round)),
    detail: `${rate(product)} against ${rate(naive)} learners/s`,
  };
}

function eventLoop(rounds) {
  const longest = Math.round(median(rounds.map((round) => round.product.delayMaxMs)));
  return {
    value: median(rounds.map((round) => round.product.delayP99Ms)),
    detail: `between ticks meant to come every 10 ms; the longest ${longest} ms`,
  };
}

async function workers(rig, { learners, rounds }) {
  const results = await measureWorkers(rig, { learners, rounds, counts: [1, 4] });
  const of = (count) => seconds(results, ({ byWorkers }) => byWorkers[count].seconds);
  return {
    P7: {
      value: ratio(results, ({ byWorkers }) => byWorkers[4].seconds / byWorkers[1].seconds),
      detail: `${of(4)} against ${of(1)}`,
    },
  };
}

async function sizes(rig, ids, { learners, few, many, rounds }) {
  const compared = [
    ...(ids.includes('P4') ? [few] : []),
    ...(ids.includes('P5') ? [learners] : []),
  ];
  const results = await measureSizes(rig, { sizes: [...compared, many], rounds });
  return {
    ...(ids.includes('P4') && { P4: memory(results, few, many) }),
    ...(ids.includes('P5') && { P5: growth(results, learners, many) }),
  };
}

function memory(rounds, few, many) {
  const peak = (size) => median(rounds.map(({ bySize }) => bySize[size].peakMb));
  const [small, large] = [peak(few), peak(many)];
  return {
    value: ratio(rounds, ({ bySize }) => bySize[many].peakMb / bySize[few].peakMb),
    detail: `${Math.round(large)} MB at ${many} learners against ${Math.round(small)} MB at ${few}`,
    fails: large > PEAK_MB ? `more than ${PEAK_MB} MB` : '',
  };
}

function growth(rounds, learners, many) {
  const of = (size) => seconds(rounds, ({ bySize }) => bySize[size].seconds);
  return {
    value: ratio(rounds, ({ bySize }) => bySize[many].seconds / bySize[learners].seconds),
    detail: `${of(many)} at ${many} learners against ${of(learners)} at ${learners}`,
    fails: throttledAt(rounds, many),
  };
}

/** Whether the simulator was too slow for what was measured; empty: it was not. */
function throttled(centre, rounds, side) {
  return compareRates(centre, Math.min(...rounds.map((round) => round[side].seconds)));
}

/** The same of the product on a centre of some size. */
function throttledAt(rounds, size) {
  const fastest = Math.min(...rounds.map(({ bySize }) => bySize[size].seconds));
  return compareRates(rounds[0].centres.get(size), fastest);
}

function compareRates(centre, seconds) {
  const taken = centre.bytes / 1e6 / seconds;
  if (centre.servedMbPerSecond >= HEADROOM * taken) return '';
  return (
    `the simulator is the bottleneck: it serves ${Math.round(centre.servedMbPerSecond)} MB/s, ` +
    `${Math.round(taken)} MB/s were read`
  );
}

const ratio = (rounds, of) => median(rounds.map(of));
const seconds = (rounds, of) => `${median(rounds.map(of)).toFixed(2)} s`;
