export { type RunningScheduler, type SchedulerDeps, startScheduler } from './scheduler.js';
