import { describe, expect, it } from 'vitest';
import type { RunPart } from '../ports/runs.js';
import type { Overload, SourceErrorKind } from '../ports/source.js';
import { type FailureVerdict, judgeFailure } from './judge-failure.js';

const FAILED_AT = new Date('2026-11-22T02:31:00Z');
const BEFORE = FAILED_AT.getTime() - 1;
const AFTER = FAILED_AT.getTime() + 1;
const PAGE = { offset: 40, limit: 1, last: false };

interface Case {
  kind: SourceErrorKind;
  overload?: Overload;
  retryable?: boolean;
  /** Failures that counted before. */
  tries?: number;
  failedAt?: Date | null;
  page?: RunPart['page'];
  canCut?: boolean;
  lastSuccessAt?: number | null;
}

/** The verdict where five failures are too many; unless said, the part failed before and the source has answered since. */
function verdictOn(given: Case): FailureVerdict {
  const { tries = 0, failedAt = FAILED_AT, page = null, canCut = false } = given;
  const { kind, overload, retryable = true, lastSuccessAt = AFTER } = given;
  const circumstances = { canCut, attempts: 5, lastSuccessAt };
  return judgeFailure({ tries, failedAt, page }, { kind, overload, retryable }, circumstances);
}

const bad: Case = { kind: 'overloaded', overload: 'http_502' };
/** Malformed: it may have been spoilt on its way. */
const unreadable: Case = { kind: 'unreadable' };
/** A fault that speaks of a bad record. */
const certain: Case = { kind: 'unreadable', retryable: false };

describe.each<[string, [string, Case, FailureVerdict][]]>([
  [
    'a part that was not asked for',
    [
      ['waits, and nothing is counted', { kind: 'resting', tries: 4 }, { verdict: 'rest' }],
      ['even where it could be cut', { kind: 'resting', canCut: true }, { verdict: 'rest' }],
    ],
  ],
  [
    'overload',
    [
      ['the first time counts', { ...bad, failedAt: null }, { verdict: 'again', tries: 1 }],
      [
        'the first time counts though nobody was ever answered',
        { ...bad, failedAt: null, lastSuccessAt: null },
        { verdict: 'again', tries: 1 },
      ],
      [
        'the second time is a matter of size',
        { ...bad, tries: 1, canCut: true },
        { verdict: 'cut', because: 'overload' },
      ],
      [
        'where nothing can be cut is tried again',
        { ...bad, tries: 1 },
        { verdict: 'again', tries: 2 },
      ],
      ['the fifth time is enough', { ...bad, tries: 4 }, { verdict: 'giveUp' }],
    ],
  ],
  [
    'overload, while the source answers nobody',
    [
      [
        'does not count',
        { ...bad, tries: 1, lastSuccessAt: BEFORE },
        { verdict: 'again', tries: 1 },
      ],
      [
        'cuts nothing',
        { ...bad, tries: 1, canCut: true, lastSuccessAt: BEFORE },
        { verdict: 'again', tries: 1 },
      ],
      [
        'is not given up for',
        { ...bad, tries: 4, lastSuccessAt: BEFORE },
        { verdict: 'again', tries: 4 },
      ],
      [
        'at the very moment of the failure counts as nobody',
        { ...bad, tries: 4, lastSuccessAt: FAILED_AT.getTime() },
        { verdict: 'again', tries: 4 },
      ],
      ['nor ever did', { ...bad, tries: 4, lastSuccessAt: null }, { verdict: 'again', tries: 4 }],
    ],
  ],
  [
    'an answer that one record breaks',
    [
      ['is asked for once more', unreadable, { verdict: 'again', tries: 1 }],
      [
        'is cut at once if a fault speaks of it',
        { ...certain, canCut: true },
        { verdict: 'cut', because: 'unreadable' },
      ],
      [
        'is set aside at once if a fault speaks of it',
        { ...certain, page: PAGE },
        { verdict: 'setAside', page: PAGE },
      ],
      [
        'is cut',
        { ...unreadable, tries: 1, canCut: true },
        { verdict: 'cut', because: 'unreadable' },
      ],
      [
        'is set aside when the page cannot be smaller',
        { ...unreadable, tries: 1, page: PAGE },
        { verdict: 'setAside', page: PAGE },
      ],
      ['is given up where there are no pages', { ...unreadable, tries: 1 }, { verdict: 'giveUp' }],
      [
        'counts whether anybody else is answered or not',
        { ...unreadable, tries: 1, lastSuccessAt: null, page: PAGE },
        { verdict: 'setAside', page: PAGE },
      ],
    ],
  ],
  [
    'an answer beyond our own limits',
    [
      [
        'is cut at once',
        { kind: 'too_large', retryable: false, canCut: true },
        { verdict: 'cut', because: 'overload' },
      ],
      [
        'is given up where nothing can be cut',
        { kind: 'too_large', retryable: false },
        { verdict: 'giveUp' },
      ],
    ],
  ],
  [
    'anything else',
    [
      [
        'that may pass is tried again',
        { kind: 'soap_fault', tries: 3 },
        { verdict: 'again', tries: 4 },
      ],
      [
        'that may pass is given up in the end',
        { kind: 'soap_fault', tries: 4 },
        { verdict: 'giveUp' },
      ],
      [
        'that may pass is no matter of size',
        { kind: 'soap_fault', tries: 1, canCut: true },
        { verdict: 'again', tries: 2 },
      ],
      [
        'that may pass counts though nobody is answered',
        { kind: 'unreachable', tries: 4, lastSuccessAt: null },
        { verdict: 'giveUp' },
      ],
      [
        'that cannot pass is given up at once',
        { kind: 'contract_mismatch', retryable: false },
        { verdict: 'giveUp' },
      ],
      [
        'that cannot pass is not cut',
        { kind: 'refused_sign_in', retryable: false, canCut: true },
        { verdict: 'giveUp' },
      ],
    ],
  ],
])('%s', (_, cases) => {
  it.each(cases)('%s', (_name, given, verdict) => {
    expect(verdictOn(given)).toEqual(verdict);
  });
});
