export * from './describe-leaving.js';
export * from './leaving-dates.js';
export * from './leaving-rules.js';
