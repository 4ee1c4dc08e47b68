import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CAPABILITIES } from './capabilities.js';
import { type Holding, holds, narrowHoldings } from './holdings.js';

const MAY = new Date('2027-05-01');
const JUNE = new Date('2027-06-01');

function sync(siteCode: string | null, expiresAt: Date | null = null): Holding {
  return { capability: 'auth/netypareo:sync', siteCode, expiresAt };
}

describe('what someone holds', () => {
  it('everywhere holds at each site, and not the other way round', () => {
    expect(holds([sync(null)], sync('1'))).toBe(true);
    expect(holds([sync('1')], sync(null))).toBe(false);
    expect(holds([sync('1')], sync('2'))).toBe(false);
    expect(holds([sync('1'), sync('2')], sync(null))).toBe(false);
    expect(holds([sync(null)], { ...sync(null), capability: 'auth/netypareo:grant' })).toBe(false);
  });

  it('does not outlast its end', () => {
    expect(holds([sync(null, MAY)], sync(null))).toBe(false);
    expect(holds([sync(null, MAY)], sync('1', JUNE))).toBe(false);
    expect(holds([sync(null, JUNE)], sync('1', MAY))).toBe(true);
    expect(holds([sync(null, MAY)], sync('1', MAY))).toBe(true);
    expect(holds([sync(null)], sync('1', MAY))).toBe(true);
  });
});

describe('narrowed rights', () => {
  it('are what both allow', () => {
    expect(narrowHoldings([sync(null)], [sync('1'), sync('2', MAY)])).toEqual([
      sync('1'),
      sync('2', MAY),
    ]);
    expect(narrowHoldings([sync('1', JUNE), sync('3')], [sync(null, MAY)])).toEqual([
      sync('1', MAY),
      sync('3', MAY),
    ]);
    expect(narrowHoldings([sync('1')], [sync('2')])).toEqual([]);
    expect(narrowHoldings([sync('1')], [])).toEqual([]);
  });

  it('never go beyond either', () => {
    const holding = fc.record<Holding>({
      capability: fc.constantFrom(...CAPABILITIES.slice(0, 2)),
      siteCode: fc.constantFrom(null, '1', '2'),
      expiresAt: fc.constantFrom(null, MAY, JUNE),
    });
    const some = fc.array(holding, { maxLength: 4 });
    fc.assert(
      fc.property(some, some, holding, (wanted, held, right) => {
        const narrowed = narrowHoldings(wanted, held);
        expect(holds(narrowed, right)).toBe(holds(wanted, right) && holds(held, right));
      }),
    );
  });
});
