export type { AccessContext } from './access/context.js';
export { giveGrant, type GiveOutcome, takeGrant } from './access/grants.js';
export type { Giver } from './access/holdings-of.js';
export { createSetupLink, isSetupSecret, redeemSetupLink } from './access/setup-link.js';
export * from './access/token-secret.js';
export {
  callerOfToken,
  createToken,
  type TokenOutcome,
  type TokenRequest,
} from './access/tokens.js';
export {
  type AlertMessage,
  alertMessage,
  type ToldAlert,
  toldAlert,
  toTold,
} from './alerts/compose-message.js';
export type {
  AlertFindings,
  AlertObservations,
  AlertThresholds,
  MemberObservation,
} from './alerts/evaluate-alerts.js';
export { evaluateAlerts } from './alerts/evaluate-alerts.js';
export { describeAlert } from './alerts/describe-alert.js';
export {
  ALERT_KINDS,
  type AlertFacts,
  alertFacts,
  alertKey,
  type AlertKind,
} from './alerts/facts.js';
export {
  type AlertDeps,
  findAlerts,
  watchAlerts,
  type WatchOptions,
} from './alerts/watch-alerts.js';
export * from './context.js';
export {
  createLoginCheck,
  type LoginCheck,
  type LoginDeps,
  type LoginOutcome,
  type LoginRequest,
} from './access/validate-login.js';
export { type Advice, advise } from './health/advise.js';
export { describeEvent, describeOverload, type Language } from './health/describe-event.js';
export { describeWait } from './health/describe-wait.js';
export { taskHealth, TASK_HEALTHS, type TaskHealth } from './health/task-health.js';
export { readSourceHealth, type SourceHealth } from './health/source-health.js';
export { createSourceGate, type GateDeps, type SettlingGate } from './overload/gate.js';
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
export * from './json/bulk-retry.js';
export * from './json/access.js';
export { CHANGES_CSV_HEAD, changesCsv, type FieldChange, fieldsOf } from './csv/changes-csv.js';
export { type CsvCell, csvLine } from './csv/csv-line.js';
export * from './json/change.js';
export * from './json/list.js';
export * from './json/person.js';
export * from './json/place.js';
export * from './json/protection.js';
export * from './json/quarantine.js';
export * from './json/run.js';
export * from './json/run-event.js';
export * from './json/shortfall.js';
export * from './json/source-health.js';
export * from './json/task.js';
export * from './json/user.js';
export * from './json/why.js';
export * from './ports/access.js';
export * from './ports/logins.js';
export * from './ports/alerts.js';
export * from './ports/figures.js';
export * from './ports/personal-data.js';
export * from './ports/bulk-retries.js';
export * from './ports/place-directory.js';
export * from './ports/plan.js';
export * from './ports/protections.js';
export * from './ports/quarantine.js';
export * from './ports/queue.js';
export * from './ports/member-store.js';
export * from './ports/registry.js';
export * from './ports/run-events.js';
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
export { advanceBulkRetries, requestBulkRetry } from './runs/bulk-retry.js';
export { cancelRun } from './runs/cancel-run.js';
export { failRun } from './runs/end-run.js';
export { type FetchAttempt, type FetchOutcome, fetchPart } from './runs/fetch-part.js';
export { reconcileRun } from './runs/reconcile-run.js';
export { rejectRun } from './runs/reject-run.js';
export { createRunRecovery } from './runs/recover-runs.js';
export { requestRun } from './runs/request-run.js';
export { findShortfall, type Shortfall } from './runs/find-shortfall.js';
export { planRetry, type RetryOptions, type RetryOutcome, retryRun } from './runs/retry-run.js';
export {
  carryOutUserRun,
  requestUserRun,
  syncUser,
  type SyncUserOutcome,
  type SyncUserRequest,
  taskOfUser,
  type UserRequestOutcome,
} from './runs/sync-user.js';
export {
  explainUser,
  type FieldReason,
  type LinkReason,
  type UserReasons,
} from './why/explain-user.js';
export { type ChangeOutcome, changeTask, type TaskChange } from './schedule/change-task.js';
export { fireSchedule, nextDate } from './schedule/fire-schedule.js';
export { alignSchedules, createHousekeeping } from './schedule/housekeeping.js';
