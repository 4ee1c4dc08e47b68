export { createEmail, type EmailOptions } from './alerts/email.js';
export { createWebhook, type WebhookOptions } from './alerts/webhook.js';
export { type RunningScheduler, type SchedulerDeps, startScheduler } from './scheduler.js';
