import { expect, it } from 'vitest';
import { createDecoder, type Decoder } from './decode/decoder.js';
import { newFilter } from './decode/filter.js';
import { createLateStructureReader } from './late-structure.js';
import { createStructureReader, type SeenPath, type StructureReader } from './structure.js';
import { envelope } from './testing/soap-server.js';

const newDecoder: Parameters<typeof createStructureReader>[0] = (filter, onRecord) =>
  createDecoder({ filter, onRecord, limits: { maxXmlDepth: 64, maxTextChars: 10_000 } });
const newReader = (): StructureReader => createStructureReader(newDecoder, newFilter());

/** Reads in small pieces, out of one buffer that is used again and again. */
function readInPieces(decoder: Decoder, text: string): void {
  const all = Buffer.from(text);
  const piece = Buffer.alloc(97);
  for (let at = 0; at < all.length; at += piece.length) {
    decoder.write(piece.subarray(0, all.copy(piece, 0, at)));
  }
  decoder.end();
}

function pathsBy(reader: StructureReader, text: string): SeenPath[] {
  readInPieces(reader.beside(newDecoder(newFilter(), () => {})), text);
  return reader.paths();
}

const answer = (rooms: number): string =>
  envelope(`<return><valide>1</valide>${'<room><name>Salle</name></room>'.repeat(rooms)}</return>`);

it.each([
  ['short', 3],
  ['long', 5_000],
])('tells of a %s answer what a reader beside it tells', (_name, rooms) => {
  const text = answer(rooms);
  const paths = pathsBy(createLateStructureReader(newReader), text);
  expect(paths).toEqual(pathsBy(newReader(), text));
  expect(paths.map(({ path }) => path)).toContain('return.*.name');
});

it('makes a reader for nobody who does not ask, and holds no more of an answer than a part', () => {
  let made = 0;
  const late = () =>
    createLateStructureReader(() => {
      made += 1;
      return newReader();
    });
  const beside = (reader: StructureReader) => reader.beside(newDecoder(newFilter(), () => {}));
  readInPieces(beside(late()), answer(3));
  expect(made).toBe(0);
  readInPieces(beside(late()), answer(5_000));
  expect(made).toBe(1);
});
