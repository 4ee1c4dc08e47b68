import { DEFINITION_DOMAINS, type Reading } from './entities.js';

/**
 * The seven tasks, in an order in which each finds what it depends on
 * (facts/netypareo.md, "Scheduled tasks"; the labels are the guide's).
 */
export const TASK_NAMES = [
  'update_caches',
  'sync_sites',
  'sync_groups',
  'sync_pdgroups',
  'sync_students',
  'sync_teachers',
  'sync_tutors',
] as const;
export type TaskName = (typeof TASK_NAMES)[number];

/** The five fields of a schedule, as an administrator writes them. */
export interface ScheduleFields {
  minute: string;
  hour: string;
  day: string;
  month: string;
  weekday: string;
}

/** What a task is, apart from what an administrator may change. */
export interface TaskSpec {
  name: TaskName;
  component: string;
  labels: { fr: string; en: string };
  /** The lists it reads. */
  readings: readonly Reading[];
  defaultSchedule: ScheduleFields;
}

const COMPONENT = 'Connecteur Net YParéo';

const nightly = (hour: number, minute: number): ScheduleFields => ({
  minute: String(minute),
  hour: String(hour),
  day: '*',
  month: '*',
  weekday: '*',
});

/** Task by name; defaults run by night, staggered, what others need first. */
export const TASKS: Readonly<Record<TaskName, TaskSpec>> = {
  update_caches: {
    name: 'update_caches',
    component: COMPONENT,
    labels: {
      fr: 'Mettre à jour les caches de définition NetYParéo',
      en: 'Update the NetYParéo definition caches',
    },
    readings: DEFINITION_DOMAINS.map((domain) => `definitions.${domain}` as const),
    defaultSchedule: nightly(1, 30),
  },
  sync_sites: {
    name: 'sync_sites',
    component: COMPONENT,
    labels: { fr: 'Synchroniser NetYParéo sites', en: 'Synchronise the NetYParéo sites' },
    readings: ['sites'],
    defaultSchedule: nightly(1, 45),
  },
  sync_groups: {
    name: 'sync_groups',
    component: COMPONENT,
    labels: {
      fr: 'Synchroniser les groupes NetYParéo',
      en: 'Synchronise the NetYParéo groups',
    },
    readings: ['groups'],
    defaultSchedule: nightly(2, 0),
  },
  sync_pdgroups: {
    name: 'sync_pdgroups',
    component: COMPONENT,
    labels: {
      fr: 'Synchroniser les groupes de formation continue NetYParéo',
      en: 'Synchronise the NetYParéo continuing-education groups',
    },
    readings: ['pdgroups'],
    defaultSchedule: nightly(2, 15),
  },
  sync_students: {
    name: 'sync_students',
    component: COMPONENT,
    labels: {
      fr: 'Synchroniser les apprenants NetYParéo',
      en: 'Synchronise the NetYParéo learners',
    },
    readings: ['students'],
    defaultSchedule: nightly(2, 30),
  },
  sync_teachers: {
    name: 'sync_teachers',
    component: COMPONENT,
    labels: {
      fr: 'Synchroniser les enseignants NetYParéo',
      en: 'Synchronise the NetYParéo teachers',
    },
    readings: ['teachers'],
    defaultSchedule: nightly(3, 0),
  },
  sync_tutors: {
    name: 'sync_tutors',
    component: COMPONENT,
    labels: {
      fr: 'Synchroniser les tuteurs NetYParéo',
      en: 'Synchronise the NetYParéo tutors',
    },
    readings: ['tutors'],
    defaultSchedule: nightly(3, 15),
  },
};

/** Is this the name of a task? */
export function isTaskName(name: string): name is TaskName {
  return (TASK_NAMES as readonly string[]).includes(name);
}
