import { describe, expect, it } from 'vitest';
import { createRng } from '../random.js';
import { renderFault } from './answers.js';
import { cutOff, drawFault, miscount, parseFault } from './faults.js';

const body = renderFault('Server', 'A short answer.');

describe('cutOff', () => {
  it('always leaves something, and never the closing Envelope', () => {
    for (let seed = 0; seed < 2_000; seed += 1) {
      const cut = cutOff(body, createRng(seed)).toString();
      expect(cut.length).toBeGreaterThan(0);
      expect(cut).not.toContain('</SOAP-ENV:Envelope>');
    }
  });
});

describe('miscount', () => {
  it('leaves an answer without a declared length alone', () => {
    expect(miscount(body)).toBeNull();
  });
});

describe('drawFault', () => {
  it('strikes never at rate 0, always at rate 1, the first named first', () => {
    const faults = ['reset:0', 'truncate:1', 'fault:1'].map(parseFault);
    for (let call = 1; call < 200; call += 1) {
      expect(drawFault(faults, 1, call)).toBe('truncate');
    }
  });
});
