import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSeenBytes } from './seen-bytes.js';

function seeing(...chunks: (string | Buffer)[]) {
  const seen = createSeenBytes();
  for (const chunk of chunks) seen.take(Buffer.from(chunk));
  return seen;
}

it.each([
  ['</SOAP-ENV:Envelope>\n', 'closed'],
  ['</Envelope >', 'closed'],
  ['</soap:Envelope> <!-- -->', 'continued'],
  ['</SOAP-ENV:Envelope', 'open'],
  ['', 'open'],
])('knows by %j how an answer ends', (end, ending) => {
  expect(seeing(`<a>${'x'.repeat(1_000)}`, end).ending()).toBe(ending);
});

it('does so however the bytes come in pieces', () => {
  const text = `<?xml version="1.0"?><e:Envelope>${'é'.repeat(300)}</e:Envelope>\r\n`;
  const law = (cuts: number[]) => {
    const whole = Buffer.from(text);
    const places = [0, ...cuts.map((cut) => cut % whole.length), whole.length].toSorted(
      (a, b) => a - b,
    );
    const chunks = places.slice(1).map((end, index) => whole.subarray(places[index], end));
    const seen = seeing(...chunks);
    expect([seen.ending(), seen.beginsWithTag(), seen.count()]).toEqual([
      ...['closed', true, whole.length],
    ]);
  };
  fc.assert(fc.property(fc.array(fc.nat(), { maxLength: 700 }), law));
});

it.each([
  ['<?xml', true],
  ['\n\n<?xml', true],
  ['\uFEFF<Envelope', true],
  [Buffer.from('\uFEFF<?xml', 'utf16le'), true],
  ['Warning: x <Envelope', false],
  ['', false],
])('knows by %j whether an answer begins with a tag', (start, begins) => {
  expect(seeing(start).beginsWithTag()).toBe(begins);
});
