import type { Language } from '../health/describe-event.js';
import type { AlertFacts, AlertKind } from './facts.js';

/** What holds, and what an administrator does about it: whole sentences. */
export interface AlertWords {
  message: Record<Language, string>;
  advice: Record<Language, string>;
}

type Facts<Kind extends AlertKind> = Extract<AlertFacts, { kind: Kind }>;
type Sayings = {
  [Kind in AlertKind]: (facts: Facts<Kind>, time: (at: Date) => string) => AlertWords;
};

/** @param time shows a date in the centre's time zone */
export function describeAlert(facts: AlertFacts, time: (at: Date) => string): AlertWords {
  const say = SAYINGS[facts.kind] as (facts: AlertFacts, time: (at: Date) => string) => AlertWords;
  return say(facts, time);
}

const SAYINGS: Sayings = {
  sync_too_old: ({ task, lastGoodAt }, time) => ({
    message:
      lastGoodAt === null
        ? {
            fr: `${task} : aucune synchronisation n’a encore réussi.`,
            en: `${task}: no sync has succeeded yet.`,
          }
        : {
            fr: `${task} : la dernière synchronisation réussie date du ${time(new Date(lastGoodAt))}.`,
            en: `${task}: the last good sync is of ${time(new Date(lastGoodAt))}.`,
          },
    advice: {
      fr: `« passerelle runs list --task ${task} » montre ce qu’il est advenu depuis, « passerelle doctor » ce qui ne va pas.`,
      en: `"passerelle runs list --task ${task}" shows what has happened since, "passerelle doctor" what is wrong.`,
    },
  }),
  run_held: ({ task, runId, heldAt }, time) => ({
    message: {
      fr: `${task} : l’exécution ${runId} retient des suppressions depuis le ${time(new Date(heldAt))} ; elles attendent une décision.`,
      en: `${task}: run ${runId} holds removals back since ${time(new Date(heldAt))}; they wait for a decision.`,
    },
    advice: {
      fr: `« passerelle runs show ${runId} » dit lesquelles et pourquoi ; « passerelle runs approve ${runId} --reason … » les applique, « runs reject » les abandonne.`,
      en: `"passerelle runs show ${runId}" says which and why; "passerelle runs approve ${runId} --reason …" applies them, "runs reject" drops them.`,
    },
  }),
  rejected_share: ({ task, runId, read, rejected }) => ({
    message: {
      fr: `${task} : l’exécution ${runId} a écarté ${rejected} fiches sur ${read}.`,
      en: `${task}: run ${runId} set ${rejected} of ${read} records aside.`,
    },
    advice: {
      fr: `« passerelle quarantine list » dit lesquelles et pourquoi : corrigez-les dans NetYParéo, ou le contrat si presque toutes ont la même raison.`,
      en: `"passerelle quarantine list" says which and why: correct them in NetYParéo, or the contract where nearly all have the same reason.`,
    },
  }),
  source_resting: ({ since, failures }, time) => ({
    message: {
      fr: `NetYParéo ne répond plus depuis le ${time(new Date(since))} (${failures} échecs de suite) ; il est laissé au repos, les exécutions attendent.`,
      en: `NetYParéo has not answered since ${time(new Date(since))} (${failures} failures in a row); it is left alone, runs wait.`,
    },
    advice: {
      fr: `Ouvrez l’adresse de NetYParéo dans un navigateur. S’il est en maintenance, il n’y a rien à faire ; sinon prévenez son hébergeur. « passerelle source health » en dit plus.`,
      en: `Open the address of NetYParéo in a browser. If it is under maintenance there is nothing to do; else tell its host. "passerelle source health" tells more.`,
    },
  }),
  schedule_dead: ({ tasks, scheduler }) => ({
    message: scheduler
      ? {
          fr: `Des dates sont passées sans que rien ne soit lancé, bien qu’un planificateur tourne : ${tasks.join(', ')}.`,
          en: `Dates have passed and nothing was run, although a scheduler is up: ${tasks.join(', ')}.`,
        }
      : {
          fr: `Aucun planificateur ne tourne : plus rien n’est lancé aux dates prévues${late(tasks, 'fr')}.`,
          en: `No scheduler is running: nothing is run when it is due${late(tasks, 'en')}.`,
        },
    advice: scheduler
      ? {
          fr: `Lisez le journal du planificateur, puis redémarrez-le (« passerelle up » ou « passerelle scheduler »).`,
          en: `Read the log of the scheduler, then restart it ("passerelle up" or "passerelle scheduler").`,
        }
      : {
          fr: `Démarrez-le : « passerelle up », « passerelle scheduler », ou le service de la machine.`,
          en: `Start it: "passerelle up", "passerelle scheduler", or the machine's service.`,
        },
  }),
  queue_backlog: ({ queue, waiting, oldestAt, workers }, time) => ({
    message: {
      fr: `La file « ${queue} » n’avance plus : ${waiting} travaux attendent, le plus ancien depuis le ${time(new Date(oldestAt))}.`,
      en: `The queue “${queue}” stands still: ${waiting} jobs wait, the oldest since ${time(new Date(oldestAt))}.`,
    },
    advice:
      workers === 0
        ? {
            fr: `Aucun ouvrier ne tourne : démarrez-en un, « passerelle up » ou « passerelle worker ».`,
            en: `No worker is running: start one, "passerelle up" or "passerelle worker".`,
          }
        : {
            fr: `${workers} ouvriers tournent : leur journal dit ce qui les retient, « passerelle source health » si c’est NetYParéo.`,
            en: `${workers} workers are up: their log says what keeps them, "passerelle source health" whether it is NetYParéo.`,
          },
  }),
  queue_unreachable: () => ({
    message: {
      fr: `La file ne répond pas : aucune exécution n’avance.`,
      en: `The queue does not answer: no run makes headway.`,
    },
    advice: {
      fr: `Vérifiez que le serveur de REDIS_URL (ou, sans lui, la base de données) tourne et se laisse joindre ; rien n’est perdu, les exécutions reprendront.`,
      en: `Check that the server of REDIS_URL (or without it the database) is up and can be reached; nothing is lost, runs will go on.`,
    },
  }),
  disk_full: ({ host, freeMb }) => ({
    message: {
      fr: `Il ne reste que ${freeMb} Mo sur le disque des données de ${host}.`,
      en: `Only ${freeMb} MB are free on the data disk of ${host}.`,
    },
    advice: {
      fr: `Faites-y de la place, ou déplacez le répertoire de données (PASSERELLE_DATA_DIR) : un disque plein arrête PostgreSQL.`,
      en: `Make room there, or move the data directory (PASSERELLE_DATA_DIR): a full disk stops PostgreSQL.`,
    },
  }),
};

function late(tasks: readonly string[], language: Language): string {
  if (tasks.length === 0) return '';
  const names = tasks.join(', ');
  return language === 'fr' ? ` (en retard : ${names})` : ` (late: ${names})`;
}
