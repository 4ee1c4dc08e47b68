export * from './entities.js';
export * from './source-fields.js';
export * from './staged.js';
export * from './tasks.js';
