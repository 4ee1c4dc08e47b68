export * from './ports/registry.js';
export * from './ports/source.js';
