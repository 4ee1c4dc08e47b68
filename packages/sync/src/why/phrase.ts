import type { Language } from '../health/describe-event.js';

/** A sentence in both languages. */
export type Phrase = Readonly<Record<Language, string>>;
