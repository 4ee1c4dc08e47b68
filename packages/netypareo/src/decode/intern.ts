/**
 * The one string object that V8 keeps for a text that is a property's name. Comparing
 * two of them, and looking one up in a map of them, is comparing pointers.
 */
export function intern(text: string): string {
  return Object.keys({ [text]: 0 })[0] ?? text;
}
