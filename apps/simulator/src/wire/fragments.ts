import type { WireRecord } from './value.js';

/** Rendered rows of code tables: the same objects turn up in record after record. */
export interface Fragments {
  /** The row's text: rendered the first time, kept from then on. */
  render(row: WireRecord, render: () => string): string;
}

/** Makes an empty store; rows that nobody holds any more are forgotten. */
export function createFragments(): Fragments {
  const texts = new WeakMap<WireRecord, string>();
  return {
    render(row, render) {
      const known = texts.get(row);
      if (known !== undefined) {
        return known;
      }
      const text = render();
      texts.set(row, text);
      return text;
    },
  };
}
