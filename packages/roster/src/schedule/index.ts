export { fromCronPattern, toCronPattern } from './cron-pattern.js';
export { describeSchedule } from './describe-schedule.js';
export { nextFailDelaySeconds } from './fail-delay.js';
export { type Bilingual, SCHEDULE_FIELD_NAMES, type ScheduleFieldName } from './field-rules.js';
export { nextRun } from './next-run.js';
export {
  type ParsedSchedule,
  parseSchedule,
  type Schedule,
  type ScheduleProblem,
} from './parse-schedule.js';
export { resolveRandomFields } from './random-fields.js';
