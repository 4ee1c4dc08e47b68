import { createSource, loadContract, type NetypareoSource } from '@passerelle/netypareo';
import { cutPart, pageAfter, type PlannedPart, WHOLE_LIST } from '@passerelle/roster';
import { type Simulator, startSimulator } from '@passerelle/simulator';
import { SourceError } from '@passerelle/sync';
import { afterAll, describe, expect, it } from 'vitest';

const today = '2026-11-20';
const signal = new AbortController().signal;
const closers: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closers.toReversed()) await close();
});

/** A centre of 300 learners, and a source that reads it by the contract that comes with Passerelle. */
async function openCentre(badByte: { code: number; mode: 'control' | 'utf8' } | null) {
  const simulator: Simulator = await startSimulator({ centre: { today, learners: 300, badByte } });
  closers.push(() => simulator.close());
  const source: NetypareoSource = createSource({
    ...{ contract: await loadContract(undefined), wsdl: simulator.wsdlUrl, credentials: {} },
    gate: { pass: (_call, work, abort) => work(abort) },
    ...{ now: Date.now, log: { debug: () => {}, warn: () => {} } },
  });
  closers.push(() => source.close());
  return source;
}

/** Reads a part, or what it has to be cut into; what cannot be cut further is left out. */
async function readInPieces(source: NetypareoSource, whole: PlannedPart) {
  const codes: string[] = [];
  const setAside: PlannedPart[] = [];
  const open = [whole];
  for (let part = open.shift(); part !== undefined; part = open.shift()) {
    try {
      const request = { reading: part.reading, scope: part, period: null };
      const held: string[] = [];
      const figures = await source.readPart(
        request,
        async (records) => {
          held.push(...records.map((read) => String(read.ok && read.record.fields['code'])));
        },
        signal,
      );
      codes.push(...held);
      const next = figures.held >= (part.page?.limit ?? Infinity) ? pageAfter(part, 200) : null;
      if (next !== null) open.push(next);
    } catch (error) {
      if (!(error instanceof SourceError) || error.kind !== 'unreadable') throw error;
      const pieces = cutPart(part, source.piecesOf(part.reading), { groups: [] });
      if (pieces === null) setAside.push(part);
      const next = pieces === null ? pageAfter(part, 200) : null;
      open.push(...(pieces ?? (next === null ? [] : [next])));
    }
  }
  return { codes: codes.toSorted(), setAside };
}

const all: PlannedPart = { reading: 'students', ...WHOLE_LIST };

describe('a list with one record that breaks every answer it is in', () => {
  it.each(['control', 'utf8'] as const)('is read but for that one (%s)', async (mode) => {
    const sound = await readInPieces(await openCentre(null), all);
    expect(sound.setAside).toEqual([]);
    const bad = sound.codes[140] as string;
    const spoilt = await readInPieces(await openCentre({ code: Number(bad), mode }), all);
    expect(spoilt.codes).toEqual(sound.codes.filter((code) => code !== bad));
    expect(spoilt.setAside).toMatchObject([{ page: { limit: 1 } }]);
  });
});
