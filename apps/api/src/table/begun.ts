import { Readable } from 'node:stream';

/**
 * A stream whose first piece is made already: what fails until then is answered
 * with a problem, instead of a success that breaks off.
 */
export async function begun(pieces: AsyncGenerator<string>): Promise<Readable> {
  const first = await pieces.next();
  return Readable.from(goOn(first, pieces));
}

async function* goOn(
  first: IteratorResult<string>,
  pieces: AsyncGenerator<string>,
): AsyncGenerator<string> {
  if (first.done === true) return;
  yield first.value;
  yield* pieces;
}
