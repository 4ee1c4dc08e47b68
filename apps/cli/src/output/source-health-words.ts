import type { CallPurpose, Language } from '@passerelle/sync';

/** What the page about the source's health is written in. */
interface Words {
  answers: (since: string) => string;
  /** After what `answers` says. */
  failingNow: (failures: number) => string;
  rests: (since: string, until: string, failures: number) => string;
  paused: (until: string) => string;
  unknown: string;
  atOnce: string;
  atOnceIs: (limit: number, hardCap: number) => string;
  keptForLogins: string;
  ceiling: (ceiling: number) => string;
  history: string;
  underWay: string;
  none: string;
  site: (code: string) => string;
  since: (time: string) => string;
  waiting: string;
  run: (id: number, task: string) => string;
  retries: string;
  retriesLeft: (left: number) => string;
  calls: (hours: number) => string;
  noCalls: (hours: number) => string;
  callsHead: readonly string[];
  purposes: Record<CallPurpose, string>;
  aborted: string;
  failed: string;
  timeline: string;
  more: (count: number) => string;
  nothing: string;
  advice: string;
  now: string;
}

export const WORDS: Record<Language, Words> = {
  en: {
    answers: (since) => `NetYParéo answers (the last good call ended at ${since}).`,
    failingNow: (failures) => `The calls since then have failed: ${failures} in a row.`,
    rests: (since, until, failures) =>
      `NetYParéo is left alone since ${since}, after ${failures} failures in a row; next attempt ${until}.`,
    paused: (until) =>
      `Reading is not wanted until ${until} (PASSERELLE_BLACKOUT); logins are checked all the same.`,
    unknown: 'NetYParéo has not answered a call yet.',
    atOnce: 'Calls at once',
    atOnceIs: (limit, hardCap) => `${limit} of at most ${hardCap}`,
    keptForLogins: 'one of them kept for logins',
    ceiling: (ceiling) => `failed from ${ceiling} on`,
    history: 'Lately',
    underWay: 'Under way',
    none: 'none',
    site: (code) => `site ${code}`,
    since: (time) => `since ${time}`,
    waiting: 'Waiting',
    run: (id, task) => `run ${id} of ${task}`,
    retries: 'Repetitions',
    retriesLeft: (left) => `${left} left before they follow one by one`,
    calls: (hours) => `Calls of the last ${hours === 1 ? 'hour' : `${hours} hours`}:`,
    noCalls: (hours) => `No calls within the last ${hours === 1 ? 'hour' : `${hours} hours`}.`,
    callsHead: ['Operation', 'For', 'Calls', 'Good', 'p50', 'p90', 'p99', 'Not good'],
    purposes: { reading: 'runs', onDemand: 'a person', login: 'logins', probe: 'attempts' },
    aborted: 'broken off',
    failed: 'refused or unusable',
    timeline: 'What happened:',
    more: (count) => `${count} earlier ones; --json lists more.`,
    nothing: 'Nothing worth telling.',
    advice: 'What can be done:',
    now: 'now',
  },
  fr: {
    answers: (since) => `NetYParéo répond (dernier appel réussi à ${since}).`,
    failingNow: (failures) => `Les appels ont échoué depuis : ${failures} de suite.`,
    rests: (since, until, failures) =>
      `NetYParéo est laissé au repos depuis ${since}, après ${failures} échecs de suite ; prochain essai ${until}.`,
    paused: (until) =>
      `La lecture n’est pas souhaitée jusqu’à ${until} (PASSERELLE_BLACKOUT) ; les connexions sont vérifiées quand même.`,
    unknown: 'NetYParéo n’a encore répondu à aucun appel.',
    atOnce: 'Appels à la fois',
    atOnceIs: (limit, hardCap) => `${limit} sur ${hardCap} au plus`,
    keptForLogins: 'dont un gardé pour les connexions',
    ceiling: (ceiling) => `échecs à partir de ${ceiling}`,
    history: 'Ces derniers temps',
    underWay: 'En cours',
    none: 'aucun',
    site: (code) => `site ${code}`,
    since: (time) => `depuis ${time}`,
    waiting: 'En attente',
    run: (id, task) => `exécution ${id} de ${task}`,
    retries: 'Nouveaux essais',
    retriesLeft: (left) => `encore ${left} avant qu’ils ne passent un par un`,
    calls: (hours) =>
      hours === 1 ? 'Appels de la dernière heure :' : `Appels des ${hours} dernières heures :`,
    noCalls: (hours) =>
      hours === 1
        ? 'Aucun appel dans la dernière heure.'
        : `Aucun appel dans les ${hours} dernières heures.`,
    callsHead: ['Opération', 'Pour', 'Appels', 'Réussis', 'p50', 'p90', 'p99', 'Non réussis'],
    purposes: {
      ...{ reading: 'exécutions', onDemand: 'quelqu’un', login: 'connexions', probe: 'essais' },
    },
    aborted: 'interrompu',
    failed: 'refusé ou inutilisable',
    timeline: 'Ce qui s’est passé :',
    more: (count) => `${count} plus anciens ; --json en donne davantage.`,
    nothing: 'Rien de notable.',
    advice: 'Ce qu’on peut faire :',
    now: 'maintenant',
  },
};
