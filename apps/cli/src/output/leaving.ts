import { type Absence, describeLeaving, type LeavingDates, leavingDates } from '@passerelle/roster';
import type { Language, Protection } from '@passerelle/sync';
import type { Context } from '../context.js';

/** How far someone has left, as the registry shows it. */
export type Leaver = Omit<Absence, 'isProtected'> & { protection: Protection | null };

/** What has become of someone who left, and what will, by the settings; null: they are there. */
export function datesOf({ config }: Pick<Context, 'config'>, leaver: Leaver): LeavingDates | null {
  const isProtected = leaver.protection !== null;
  return leavingDates({ ...leaver, isProtected }, config.leaving);
}

/** `active`, `active, missing since 2026-11-22, suspended on 2026-11-29` */
export function sayStatus(
  context: Pick<Context, 'config'>,
  leaver: Leaver & { status: 'active' | 'suspended' },
  language: Language,
): string {
  const dates = datesOf(context, leaver);
  const { status } = leaver;
  return dates === null ? status : `${status}, ${describeLeaving(dates)[language]}`;
}

/** The date that matters next, for a list: `active until 2026-11-29`, `active, protected`. */
export function sayNextDate(
  context: Pick<Context, 'config'>,
  leaver: Leaver & { status: 'active' | 'suspended' },
  language: Language,
): string {
  const { status } = leaver;
  if (leaver.protection !== null) return `${status}, ${PROTECTED[language]}`;
  const dates = datesOf(context, leaver);
  const next = status === 'active' ? dates?.suspendsOn : dates?.erasesOn;
  return next === null || next === undefined ? status : `${status} ${UNTIL[language]} ${next}`;
}

const PROTECTED = { fr: 'protégé', en: 'protected' } as const;
const UNTIL = { fr: 'jusqu’au', en: 'until' } as const;

/** `by cli:anna since 2026-11-22 09:00: works abroad` */
export function sayProtection(
  { format }: Pick<Context, 'format'>,
  { by, at, reason }: Protection,
  language: Language,
): string {
  const since = format.instant(at);
  return language === 'fr'
    ? `par ${by} depuis le ${since} : ${reason}`
    : `by ${by} since ${since}: ${reason}`;
}
