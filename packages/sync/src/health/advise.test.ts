import { describe, expect, it } from 'vitest';
import type { SourceEvent } from '../overload/events.js';
import type { Overload } from '../ports/source.js';
import type { CallFigures } from '../ports/source-state.js';
import { advise, type Observations } from './advise.js';

const learners: CallFigures = {
  ...{ operation: 'getApprenants', purpose: 'reading', outcomes: { ok: 200 } },
  latencyMs: { p50: 400, p90: 700, p99: 1_200 },
  ...{ largestOkBytes: 1_900_000, largestFailedBytes: 0 },
};
const cut = (overload: Overload = 'http_502'): SourceEvent => ({
  ...{ kind: 'limit_cut', from: 4, to: 3, overload, operation: 'getApprenants', siteCode: '3' },
});
const split = (because: 'overload' | 'unreadable'): SourceEvent => ({
  ...{ kind: 'part_split', reading: 'students', siteCode: '3', groupCode: null },
  ...{ into: 'pages', pieces: 1, pageLimit: 500, because },
});
const setAside: SourceEvent = {
  ...{ kind: 'piece_set_aside', reading: 'students', siteCode: '3', groupCode: null },
  ...{ offset: 41, limit: 1 },
};

/** What is advised after such a day. */
function adviceOn(seen: Partial<Omit<Observations, 'events'>> & { events?: SourceEvent[] }) {
  const { events = [], ...rest } = seen;
  // Written here oldest first.
  const recorded = events.toReversed().map((event, id) => ({ id, at: new Date(0), event }));
  return advise({
    calls: [learners],
    ceiling: null,
    serverLimitMs: 30_000,
    ...rest,
    events: recorded,
  });
}
const codesOn = (seen: Parameters<typeof adviceOn>[0]) => adviceOn(seen).map(({ code }) => code);

const crashes: CallFigures = {
  ...learners,
  outcomes: { ok: 90, http_502: 6 },
  largestFailedBytes: 0,
};
const tooLarge: CallFigures = {
  ...crashes,
  outcomes: { ok: 90, cut_off: 4 },
  largestFailedBytes: 2_400_000,
};

describe('after a good day', () => {
  it('there is nothing to do', () => {
    expect(codesOn({})).toEqual([]);
    expect(codesOn({ calls: [], events: [] })).toEqual([]);
  });

  it('a single failure among calls that went well is none to write to the host about', () => {
    expect(codesOn({ calls: [{ ...learners, outcomes: { ok: 200, http_502: 1 } }] })).toEqual([]);
  });
});

describe('answers that fail by their size', () => {
  it('call for the line in php.ini that the guide gives', () => {
    const [advice, ...more] = adviceOn({ calls: [tooLarge], events: [cut('cut_off')], ceiling: 4 });

    expect(more).toEqual([]);
    expect(advice?.code).toBe('output_buffering');
    expect(advice?.text.fr).toContain('output_buffering');
    expect(advice?.text.fr).toContain('4096');
    expect(advice?.text.fr).toContain('9192');
    expect(advice?.text.fr).toContain('« getApprenants »');
    expect(advice?.text.en).toContain('output_buffering from 4096 to 9192');
  });

  it('are told by the pieces that had to be cut, where a page hides how large they were', () => {
    const few = { ...crashes, outcomes: { ok: 90, http_502: 3 } };

    expect(codesOn({ calls: [few], events: [cut(), split('overload')], ceiling: 4 })).toEqual([
      'output_buffering',
    ]);
  });

  it('are not told by a part that was cut because it had bad luck twice', () => {
    expect(codesOn({ calls: [crashes], events: [cut(), split('overload')], ceiling: 4 })).toEqual([
      'more_children',
    ]);
  });

  it('are not told by pieces that were cut for a bad record', () => {
    expect(codesOn({ calls: [crashes], events: [split('unreadable')] })).toEqual([]);
  });

  it('are not told by a large answer that a bad record spoilt', () => {
    const spoilt = { ...learners, outcomes: { ok: 90, failed: 2 }, largestFailedBytes: 9_000_000 };

    expect(codesOn({ calls: [spoilt] })).toEqual([]);
  });

  it('are not told by one that failed and was hardly larger than those that arrived', () => {
    const alike = { ...crashes, largestFailedBytes: 2_000_000 };

    expect(codesOn({ calls: [alike], events: [cut()], ceiling: 4 })).toEqual(['more_children']);
  });
});

describe('calls that fail by their number alone', () => {
  it('call for more PHP processes, with the number', () => {
    const [advice] = adviceOn({ calls: [crashes], events: [cut()], ceiling: 4 });

    expect(advice?.code).toBe('more_children');
    expect(advice?.text.fr).toContain('demandez plus de processus PHP');
    expect(advice?.text.fr).toContain('4 appels à la fois');
    expect(advice?.text.en).toContain('more PHP processes');
  });

  it('are not what slowness or a maintenance page is', () => {
    expect(codesOn({ calls: [crashes], events: [cut('timeout')], ceiling: 4 })).toEqual([]);
    expect(codesOn({ calls: [crashes], events: [cut('http_503')], ceiling: 4 })).toEqual([]);
  });

  it('are not what an outage is', () => {
    const rest: SourceEvent = {
      ...{ kind: 'rest_begun', failures: 5, overload: 'http_502', until: 0, asked: false },
      ...{ operation: 'getApprenants', siteCode: '3' },
    };
    const ended: SourceEvent = { kind: 'rest_ended', restedMs: 60_000 };
    const raised: SourceEvent = { kind: 'limit_raised', from: 1, to: 2 };
    const away = [cut(), rest, ended, raised];

    expect(codesOn({ calls: [crashes], events: away, ceiling: 4 })).toEqual([]);
    expect(codesOn({ calls: [crashes], events: [...away, cut()], ceiling: 4 })).toEqual([
      'more_children',
    ]);
    expect(codesOn({ calls: [crashes], events: [cut(), raised, ...away], ceiling: 4 })).toEqual([
      'more_children',
    ]);
  });

  it('need a number that was too many', () => {
    expect(codesOn({ calls: [crashes], events: [cut()], ceiling: null })).toEqual([]);
  });
});

it('never are both advised', () => {
  for (const calls of [[learners], [crashes], [tooLarge], [crashes, tooLarge]]) {
    for (const events of [[], [cut()], [split('overload')], [cut(), split('overload')]]) {
      for (const ceiling of [null, 4]) {
        const codes = codesOn({ calls, events, ceiling });
        expect(codes.includes('output_buffering') && codes.includes('more_children')).toBe(false);
      }
    }
  }
});

describe('besides', () => {
  it('a record that was set aside is to be corrected', () => {
    expect(codesOn({ events: [split('unreadable'), setAside] })).toEqual(['bad_record']);
  });

  it('what takes more than half of the server’s own time is asked for more finely', () => {
    const slow = { ...learners, latencyMs: { p50: 9_000, p90: 14_000, p99: 21_400 } };
    const [advice] = adviceOn({ calls: [learners, slow] });

    expect(advice).toMatchObject({ code: 'slow' });
    expect(advice?.text.fr).toContain('jusqu’à 21 s, près de la limite du serveur (30 s)');
    expect(codesOn({ calls: [{ ...slow, latencyMs: { p50: 1, p90: 2, p99: 15_000 } }] })).toEqual(
      [],
    );
  });

  it('a server that answers nobody is looked at first', () => {
    const dead = { ...learners, outcomes: { http_502: 5 }, latencyMs: null };

    expect(codesOn({ calls: [dead], events: [] })).toEqual(['away']);
    expect(codesOn({ calls: [dead, learners] })).toEqual([]);
    // A fault or a refused login is an answer; a call that was broken off is nobody's failure.
    expect(codesOn({ calls: [dead, { ...dead, outcomes: { failed: 1 } }] })).toEqual([]);
    expect(codesOn({ calls: [{ ...dead, outcomes: { aborted: 2 } }] })).toEqual([]);
  });
});

it('every piece of advice is written in both languages, as whole sentences', () => {
  const all = [
    ...adviceOn({ calls: [tooLarge], events: [setAside] }),
    ...adviceOn({ calls: [crashes], events: [cut()], ceiling: 3 }),
    ...adviceOn({ calls: [{ ...learners, outcomes: { reset: 2 } }] }),
    ...adviceOn({ calls: [{ ...learners, latencyMs: { p50: 1, p90: 2, p99: 29_000 } }] }),
  ];
  expect(new Set(all.map(({ code }) => code)).size).toBe(5);
  for (const { text } of all) {
    expect(text.fr).toMatch(/\.$/);
    expect(text.en).toMatch(/\.$/);
    expect(text.fr).not.toBe(text.en);
  }
});
