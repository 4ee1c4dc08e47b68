import type { AlertMessage, Language, ToldAlert } from '@passerelle/sync';

/** How letters are written. */
export interface LetterStyle {
  language: Language;
  /** Shows a date in the centre's time zone. */
  time: (at: Date) => string;
}

/** A message as a letter: its subject says what happened, its text what to do. */
export function writeLetter(
  message: AlertMessage,
  { language, time }: LetterStyle,
): { subject: string; text: string } {
  const words = WORDS[language];
  const { begun, ended, from, open, type } = message;
  if (type === 'test') return { subject: words.subject(from, words.test), text: words.testText };
  const [only] = begun;
  const what =
    begun.length === 1 && ended.length === 0 && only !== undefined
      ? only.message[language]
      : words.count(begun.length, ended.length);
  const paragraphs = [
    ...begun.map((alert) => `${alert.message[language]}\n→ ${alert.advice[language]}`),
    ...ended.map((alert) => sayEnd(alert, words, language, time)),
    words.open(open),
    words.foot,
  ];
  return { subject: words.subject(from, what), text: `${paragraphs.join('\n\n')}\n` };
}

function sayEnd(
  { message, since, endedAt }: ToldAlert,
  words: Words,
  language: Language,
  time: LetterStyle['time'],
): string {
  const until = endedAt ?? since;
  return `${words.over(time(new Date(since)), time(new Date(until)))}\n  ${message[language]}`;
}

interface Words {
  subject(from: string, what: string): string;
  test: string;
  testText: string;
  count(begun: number, ended: number): string;
  over(since: string, until: string): string;
  open(count: number): string;
  foot: string;
}

const WORDS: Record<Language, Words> = {
  fr: {
    subject: (from, what) => `[Passerelle ${from}] ${what}`,
    test: 'message d’essai',
    testText: 'Les alertes de Passerelle arrivent ici. Ce message n’était qu’un essai.\n',
    count: (begun, ended) =>
      [
        begun === 0 ? [] : [begun === 1 ? '1 alerte' : `${begun} alertes`],
        ended === 0 ? [] : [ended === 1 ? '1 alerte terminée' : `${ended} alertes terminées`],
      ]
        .flat()
        .join(', '),
    over: (since, until) => `Ce n’est plus le cas (du ${since} au ${until}) :`,
    open: (count) =>
      count === 0
        ? 'Plus aucune alerte n’est en cours.'
        : count === 1
          ? 'Une alerte est en cours.'
          : `${count} alertes sont en cours.`,
    foot: '« passerelle doctor » montre tout ce qui ne va pas, et quoi faire.',
  },
  en: {
    subject: (from, what) => `[Passerelle ${from}] ${what}`,
    test: 'test message',
    testText: 'The alerts of Passerelle arrive here. This was only a test.\n',
    count: (begun, ended) =>
      [
        begun === 0 ? [] : [begun === 1 ? '1 alert' : `${begun} alerts`],
        ended === 0 ? [] : [`${ended} over`],
      ]
        .flat()
        .join(', '),
    over: (since, until) => `This is over (from ${since} to ${until}):`,
    open: (count) =>
      count === 0
        ? 'No alert is open.'
        : count === 1
          ? 'One alert is open.'
          : `${count} alerts are open.`,
    foot: '"passerelle doctor" shows all that is wrong, and what to do about it.',
  },
};
