import type { ChangeOrigin, Language } from '@passerelle/sync';
import type { Format } from './format.js';

/** `run 12 of sync_students, schedule, 2026-09-01 02:31`; whoever asked for it or decided it is named. */
export function sayOrigin(
  origin: ChangeOrigin | null,
  format: Format,
  language: Language = 'en',
): string {
  const words = WORDS[language];
  if (origin === null) return words.forgotten;
  const { runId, task, trigger, requestedBy, actor, at } = origin;
  return [
    ...(runId === null
      ? []
      : [`${words.run} ${runId}${task === null ? '' : ` ${words.of} ${task}`}`]),
    ...(trigger === null ? [] : [trigger]),
    ...(requestedBy === null ? [] : [`${words.requestedBy} ${requestedBy}`]),
    ...(actor === null ? [] : [`${words.by} ${actor}`]),
    format.instant(at),
  ].join(', ');
}

const WORDS = {
  fr: {
    run: 'exécution',
    of: 'de',
    requestedBy: 'demandée par',
    by: 'par',
    forgotten: 'l’historique ne remonte pas si loin',
  },
  en: {
    run: 'run',
    of: 'of',
    requestedBy: 'requested by',
    by: 'by',
    forgotten: 'the history does not go back so far',
  },
} as const;
