export * from './context.js';
export { type Advice, advise } from './health/advise.js';
export { describeEvent, describeOverload, type Language } from './health/describe-event.js';
export { describeWait } from './health/describe-wait.js';
export { readSourceHealth, type SourceHealth } from './health/source-health.js';
export { createSourceGate, type GateDeps } from './overload/gate.js';
export { type SourceEvent, sourceEvent } from './overload/events.js';
export {
  claimProbe,
  claimRetry,
  type EndedCall,
  initialState,
  judge,
  type Judgement,
  type OverloadOptions,
  type OverloadSettings,
  overloadSettings,
  type SourceState,
  sourceState,
} from './overload/source-state.js';
export * from './json/change.js';
export * from './json/list.js';
export * from './json/person.js';
export * from './json/protection.js';
export * from './json/quarantine.js';
export * from './json/run.js';
export * from './json/shortfall.js';
export * from './json/source-health.js';
export * from './json/task.js';
export * from './json/user.js';
export * from './json/why.js';
export * from './ports/personal-data.js';
export * from './ports/plan.js';
export * from './ports/protections.js';
export * from './ports/quarantine.js';
export * from './ports/queue.js';
export * from './ports/member-store.js';
export * from './ports/registry.js';
export * from './ports/run-store.js';
export * from './ports/runs.js';
export * from './ports/task-store.js';
export * from './ports/user-directory.js';
export * from './ports/retention.js';
export * from './ports/source.js';
export * from './ports/source-gate.js';
export * from './ports/source-state.js';
export { abandonPart } from './runs/abandon-part.js';
export { approveRun } from './runs/approve-run.js';
export { beginRun } from './runs/begin-run.js';
export { cancelRun } from './runs/cancel-run.js';
export { failRun } from './runs/end-run.js';
export { type FetchAttempt, type FetchOutcome, fetchPart } from './runs/fetch-part.js';
export { reconcileRun } from './runs/reconcile-run.js';
export { rejectRun } from './runs/reject-run.js';
export { createRunRecovery } from './runs/recover-runs.js';
export { requestRun } from './runs/request-run.js';
export { findShortfall, type Shortfall } from './runs/find-shortfall.js';
export { type RetryOptions, type RetryOutcome, retryRun } from './runs/retry-run.js';
export { syncUser, type SyncUserOutcome, type SyncUserRequest } from './runs/sync-user.js';
export {
  explainUser,
  type FieldReason,
  type LinkReason,
  type UserReasons,
} from './why/explain-user.js';
export { type ChangeOutcome, changeTask, type TaskChange } from './schedule/change-task.js';
export { fireSchedule, nextDate } from './schedule/fire-schedule.js';
export { alignSchedules, createHousekeeping } from './schedule/housekeeping.js';
