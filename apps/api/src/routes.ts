import { listAlerts } from './routes/alerts/list.js';
import { ready } from './routes/health/ready.js';
import { scrapeMetrics } from './routes/metrics/scrape.js';
import { listDefinitions } from './routes/definitions/list.js';
import { groupHistory } from './routes/groups/history.js';
import { listGroups } from './routes/groups/list.js';
import { groupMembers } from './routes/groups/members.js';
import { showGroup } from './routes/groups/show.js';
import { live } from './routes/health/live.js';
import { listDuplicates } from './routes/quarantine/duplicates.js';
import { listRecords } from './routes/quarantine/records.js';
import { listSites } from './routes/sites/list.js';
import { showSite } from './routes/sites/show.js';
import { listAudit } from './routes/audit/list.js';
import { addGrant } from './routes/grants/add.js';
import { listGrants } from './routes/grants/list.js';
import { removeGrant } from './routes/grants/remove.js';
import { followAll } from './routes/events/follow-all.js';
import { followRun } from './routes/events/follow-run.js';
import { validateLogin } from './routes/auth/validate.js';
import { cancelRetry } from './routes/retries/cancel.js';
import { createRetry } from './routes/retries/create.js';
import { listRetries } from './routes/retries/list.js';
import { showRetry } from './routes/retries/show.js';
import { cancelRun } from './routes/runs/cancel.js';
import { listChanges } from './routes/runs/changes.js';
import { approveRun, rejectRun } from './routes/runs/decide.js';
import { listRuns } from './routes/runs/list.js';
import { logOfRun } from './routes/runs/log.js';
import { listParts } from './routes/runs/parts.js';
import { showPlan } from './routes/runs/plan.js';
import { listRejections } from './routes/runs/rejections.js';
import { retryRun } from './routes/runs/retry.js';
import { showRun } from './routes/runs/show.js';
import { showSession } from './routes/session/show.js';
import { signIn } from './routes/session/sign-in.js';
import { signOut } from './routes/session/sign-out.js';
import { setupPage, setupScript, setupStyle } from './routes/setup/page.js';
import { redeemSetup } from './routes/setup/redeem.js';
import { showSourceHealth } from './routes/source/health.js';
import { listTasks } from './routes/tasks/list.js';
import { patchTask } from './routes/tasks/patch.js';
import { runTask } from './routes/tasks/run.js';
import { showTask } from './routes/tasks/show.js';
import { allowUser } from './routes/users/allow.js';
import { eraseUser } from './routes/users/erase.js';
import { exportUser } from './routes/users/export.js';
import { userHistory } from './routes/users/history.js';
import { listUsers } from './routes/users/list.js';
import { showUser } from './routes/users/show.js';
import { syncUser } from './routes/users/sync.js';
import { explainUserRoute } from './routes/users/why.js';
import { disableTask, enableTask, resetTask } from './routes/tasks/switch.js';
import { createToken } from './routes/tokens/create.js';
import { listTokens } from './routes/tokens/list.js';
import { revokeToken } from './routes/tokens/revoke.js';
import { needs, needsEverywhere } from './table/access.js';
import { type Route, route } from './table/route.js';

const viewRuns = needs('auth/netypareo:viewruns');
const viewUsers = needs('auth/netypareo:viewusers');
/** All that is kept on a person tells of people and groups of other sites, too. */
const viewAllUsers = needsEverywhere('auth/netypareo:viewusers');
const eraseUsers = needsEverywhere('auth/netypareo:configure', 'auth/netypareo:viewusers');
const sync = needs('auth/netypareo:sync');
const approve = needs('auth/netypareo:approve');
const configure = needsEverywhere('auth/netypareo:configure');
const grant = needs('auth/netypareo:grant');

/**
 * Every route: what it is, who may use it, and the file that answers. A route is made
 * by `endpoint({ summary, params, query, body, answers, problems, handle })` in
 * `routes/TOPIC/VERB.ts` and a line here; whoever calls is known and allowed by the
 * time `handle` is reached, which is told how far (`scope.reach`).
 */
export const ROUTES: readonly Route[] = [
  // Health, metrics, alerts. `/metrics` itself asks for a right where the caller is elsewhere.
  route('GET', '/health/live', 'public', live),
  route('GET', '/health/ready', 'public', ready),
  route('GET', '/metrics', 'public', scrapeMetrics),
  route('GET', '/api/v1/alerts', needsEverywhere('auth/netypareo:viewruns'), listAlerts),

  // Signing in
  route('POST', '/api/v1/session', 'signIn', signIn),
  route('GET', '/api/v1/session', 'signedIn', showSession),
  route('DELETE', '/api/v1/session', 'signedIn', signOut),
  route('POST', '/api/v1/auth/validate', needs('auth/netypareo:login'), validateLogin),

  // The first who may grant
  route('GET', '/setup', 'public', setupPage),
  route('GET', '/setup/page.js', 'public', setupScript),
  route('GET', '/setup/page.css', 'public', setupStyle),
  route('POST', '/api/v1/setup', 'signIn', redeemSetup),

  // Tasks
  route('GET', '/api/v1/tasks', viewRuns, listTasks),
  route('GET', '/api/v1/tasks/:task', viewRuns, showTask),
  route('PATCH', '/api/v1/tasks/:task', configure, patchTask),
  route('POST', '/api/v1/tasks/:task/enable', configure, enableTask),
  route('POST', '/api/v1/tasks/:task/disable', configure, disableTask),
  route('POST', '/api/v1/tasks/:task/reset', configure, resetTask),
  route('POST', '/api/v1/tasks/:task/runs', sync, runTask),

  // Runs
  route('GET', '/api/v1/runs', viewRuns, listRuns),
  route('GET', '/api/v1/runs/:id', viewRuns, showRun),
  route('GET', '/api/v1/runs/:id/parts', viewRuns, listParts),
  route('GET', '/api/v1/runs/:id/plan', viewRuns, showPlan),
  route(
    'GET',
    '/api/v1/runs/:id/changes',
    needs('auth/netypareo:viewruns', 'auth/netypareo:viewusers'),
    listChanges,
  ),
  route('GET', '/api/v1/runs/:id/rejections', viewRuns, listRejections),
  route('POST', '/api/v1/runs/:id/cancel', sync, cancelRun),
  route('POST', '/api/v1/runs/:id/retry', sync, retryRun),
  route('POST', '/api/v1/runs/:id/approve', approve, approveRun),
  route('POST', '/api/v1/runs/:id/reject', approve, rejectRun),
  route('GET', '/api/v1/runs/:id/log', viewRuns, logOfRun),
  route('GET', '/api/v1/runs/:id/events', viewRuns, followRun),
  route('GET', '/api/v1/events', viewRuns, followAll),

  // The source
  route(
    'GET',
    '/api/v1/source/health',
    needsEverywhere('auth/netypareo:viewruns'),
    showSourceHealth,
  ),

  // Bulk retries
  route('GET', '/api/v1/retries', viewRuns, listRetries),
  route('POST', '/api/v1/retries', sync, createRetry),
  route('GET', '/api/v1/retries/:id', viewRuns, showRetry),
  route('DELETE', '/api/v1/retries/:id', sync, cancelRetry),

  // Rights
  route('GET', '/api/v1/grants', grant, listGrants),
  route('POST', '/api/v1/grants', grant, addGrant),
  route('DELETE', '/api/v1/grants/:id', grant, removeGrant),
  route('GET', '/api/v1/tokens', grant, listTokens),
  route('POST', '/api/v1/tokens', grant, createToken),
  route('DELETE', '/api/v1/tokens/:id', grant, revokeToken),
  route('GET', '/api/v1/audit', needsEverywhere('auth/netypareo:audit'), listAudit),

  // Registry
  route('GET', '/api/v1/users', viewUsers, listUsers),
  route('GET', '/api/v1/users/:ref', viewUsers, showUser),
  route('GET', '/api/v1/users/:ref/history', viewUsers, userHistory),
  route('GET', '/api/v1/users/:ref/why', viewUsers, explainUserRoute),
  route('POST', '/api/v1/users/:ref/sync', sync, syncUser),
  route('GET', '/api/v1/users/:ref/export', viewAllUsers, exportUser),
  route('DELETE', '/api/v1/users/:ref', eraseUsers, eraseUser),
  route('POST', '/api/v1/users/:ref/allow', eraseUsers, allowUser),
  route('GET', '/api/v1/groups', viewUsers, listGroups),
  route('GET', '/api/v1/groups/:ref', viewUsers, showGroup),
  route('GET', '/api/v1/groups/:ref/members', viewUsers, groupMembers),
  route('GET', '/api/v1/groups/:ref/history', viewUsers, groupHistory),
  route('GET', '/api/v1/sites', viewUsers, listSites),
  route('GET', '/api/v1/sites/:code', viewUsers, showSite),
  route('GET', '/api/v1/definitions', viewUsers, listDefinitions),
  route('GET', '/api/v1/quarantine/records', viewUsers, listRecords),
  route('GET', '/api/v1/quarantine/duplicates', viewUsers, listDuplicates),
];
