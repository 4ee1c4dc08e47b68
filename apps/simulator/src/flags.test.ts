import { describe, expect, it } from 'vitest';
import { parseSimulatorFlags, type SimulatorFlags } from './flags.js';

describe('parseSimulatorFlags', () => {
  it('takes today and the defaults when nothing is said', () => {
    const options = parseSimulatorFlags({}, '2026-11-22');
    expect(options.centre).toMatchObject({ today: '2026-11-22', canary: false });
    expect(options).toMatchObject({ faults: [] });
    expect(options.port).toBeUndefined();
  });

  it('reads every flag', () => {
    const options = parseSimulatorFlags(
      {
        learners: '50000',
        seed: '7',
        port: '8081',
        day: '3',
        today: '2027-01-31',
        style: 'encoded',
        canary: true,
        capacity: '4',
        latency: '250',
        fault: ['truncate:0.1', 'bigAnswer:5000'],
        groups: '100',
        continuingGroups: '0',
        prerender: '2',
      },
      '2026-11-22',
    );
    expect(options).toMatchObject({
      centre: { learners: 50_000, seed: 7, day: 3, today: '2027-01-31', canary: true, groups: 100 },
      port: 8081,
      style: 'encoded',
      capacity: 4,
      latencyMs: 250,
      prerenderBytes: 2_097_152,
      faults: [
        { kind: 'truncate', rate: 0.1 },
        { kind: 'bigAnswer', bytes: 5_000 },
      ],
    });
  });

  it('reads how the server bears load', () => {
    const options = parseSimulatorFlags(
      {
        ...{ capacity: '4@0,1@30s', backlog: '2', jitter: '0.3', slowdown: '0.1' },
        ...{ bytesPerSecond: '5000000', segfaultAbove: '1000', maxAnswer: '2000000' },
        ...{ respawn: '500', timeLimit: '10000', maintenance: '10s-70s', outage: '0-10m' },
        ...{ outageKind: 'reset', badByte: '1234:utf8,77' },
      },
      '2026-11-22',
    );
    expect(options).toMatchObject({
      capacity: [
        { atMs: 0, children: 4 },
        { atMs: 30_000, children: 1 },
      ],
      ...{ backlog: 2, jitter: 0.3, slowdown: 0.1, bytesPerSecond: 5_000_000 },
      ...{ segfaultAboveBytes: 1_000, maxAnswerBytes: 2_000_000, respawnMs: 500 },
      ...{ timeLimitMs: 10_000, outageKind: 'reset' },
      maintenance: [{ fromMs: 10_000, toMs: 70_000 }],
      outage: [{ fromMs: 0, toMs: 600_000 }],
      centre: {
        badByte: [
          { code: 1_234, mode: 'utf8' },
          { code: 77, mode: 'control' },
        ],
      },
    });
  });

  it.each<[SimulatorFlags, RegExp]>([
    [{ capacity: '4@1s' }, /^--capacity 4@1s: expected a number such as 4, or steps/],
    [{ jitter: 'some' }, /^--jitter some: expected a number such as 0.3/],
    [{ maintenance: '10-70s' }, /^--maintenance 10-70s: expected a time from/],
    [{ outageKind: 'fire' }, /^--outage-kind fire: expected 502 or reset/],
    [{ badByte: '1:nul' }, /^--bad-byte 1:nul: expected a learner's code/],
    [{ maxAnswer: '2MB' }, /^--max-answer 2MB: expected a whole number from 1/],
    [{ learners: 'many' }, /^--learners many: expected a whole number/],
    [{ port: '70000' }, /^--port 70000: .* to 65535/],
    [{ today: '2027-02-29' }, /^--today 2027-02-29: expected a date/],
    [{ style: 'rest' }, /^--style rest: expected literal or encoded/],
    [{ capacity: '0' }, /^--capacity 0: .* from 1/],
    [{ fault: ['boom:1'] }, /^--fault boom:1: unknown kind; expected http502/],
    [{ fault: ['reset:2'] }, /^--fault reset:2: expected a rate/],
    [{ fault: ['reset'] }, /^--fault reset: expected a rate/],
    [{ fault: ['bigAnswer:x'] }, /^--fault bigAnswer:x: expected a number of bytes/],
  ])('refuses %j with what it expects', (flags, sentence) => {
    expect(() => parseSimulatorFlags(flags, '2026-11-22')).toThrow(sentence);
  });

  it('takes any text for a seed', () => {
    const seed = (text: string) => parseSimulatorFlags({ seed: text }, '2026-11-22').centre.seed;
    expect(seed('spring')).toBe(seed('spring'));
    expect(seed('spring')).not.toBe(seed('autumn'));
  });
});
