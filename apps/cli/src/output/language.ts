import type { Language } from '@passerelle/sync';
import type { Terminal } from './terminal.js';

/** The languages that what people read is written in. */
export const LANGUAGES: readonly Language[] = ['fr', 'en'];

/** French where the user's locale is, else English. */
export function languageOf({ locale }: Pick<Terminal, 'locale'>): Language {
  return locale?.toLowerCase().startsWith('fr') === true ? 'fr' : 'en';
}
