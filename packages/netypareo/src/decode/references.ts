import { DecodeError } from './decode-error.js';
import type { Value } from './tree.js';

/** Elements that may be referred to again are kept up to here; beyond it the rest is forgotten. */
const MAX_REFERENCES = 20_000;
const MAX_REFERENCE_CHARS = 4_000_000;

/** Elements with an id, for the `href`s that come after them. Bounded. */
export interface References {
  remember(id: string, value: Value): void;
  /** @throws DecodeError if no element with this id came before */
  resolve(id: string): Value;
}

export function createReferences(): References {
  const kept = new Map<string, Value>();
  let chars = 0;
  let isFull = false;
  return {
    remember(id, value) {
      chars += id.length + sizeOf(value);
      isFull ||= kept.size >= MAX_REFERENCES || chars > MAX_REFERENCE_CHARS;
      if (!isFull) kept.set(id, value);
    },
    resolve(id) {
      const value = kept.get(id);
      if (value !== undefined) return value;
      throw isFull
        ? new DecodeError('too_large', `refers back to more than ${MAX_REFERENCES} shared elements`)
        : new DecodeError(
            'misshapen',
            'refers to an element that does not come before the reference',
          );
    },
  };
}

function sizeOf(value: Value): number {
  if (value === null) return 8;
  if (typeof value === 'string') return value.length;
  return value.values.reduce<number>(
    (sum, item, index) => sum + sizeOf(item) + (value.names[index]?.length ?? 0),
    64,
  );
}
