export type { AlertConfig, Config, SourceConfig } from './config.js';
export { ConfigError, type ConfigProblem } from './config-error.js';
export { loadConfig, readConfig } from './load-config.js';
export { secretValues } from './secret-values.js';
export { SETTINGS, type SettingInfo, type SettingName } from './settings.js';
