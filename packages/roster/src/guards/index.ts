export * from './describe-guard.js';
export * from './evaluate-guards.js';
export * from './guard-settings.js';
export * from './school-year.js';
