import { resolve } from 'node:path';
import { collectSettings } from './collect-settings.js';
import { type Config, toConfig } from './config.js';
import { ConfigError, type ConfigProblem } from './config-error.js';
import { SECRET_SETTINGS, SETTING_NAMES, SETTINGS_SCHEMA } from './settings.js';

/**
 * Makes the configuration from an environment and the `.env` file in `cwd`.
 * @throws ConfigError that lists every problem: malformed values, unknown
 *   settings under one of our prefixes, files that can't be read
 */
export function loadConfig(env: NodeJS.ProcessEnv, options: { cwd: string }): Config {
  const cwd = resolve(options.cwd);
  const { values, problems } = collectSettings(env, cwd);
  const parsed = SETTINGS_SCHEMA.safeParse(values);
  const malformed = parsed.error?.issues.map((issue) =>
    explain(String(issue.path[0]), issue.message, values),
  );
  const all = [...problems, ...(malformed ?? [])].sort(bySetting);
  if (!parsed.success || all.length > 0) throw new ConfigError(all);
  return toConfig(parsed.data, cwd);
}

/** The configuration of this process. Nothing else reads `process.env`. */
export function readConfig(): Config {
  return loadConfig(process.env, { cwd: process.cwd() });
}

function explain(setting: string, message: string, values: Record<string, string>): ConfigProblem {
  if (SECRET_SETTINGS.has(setting)) {
    return { setting, message: `${message} (what was given is not shown)` };
  }
  return { setting, message: `${message}, got "${showable(values[setting] ?? '')}"` };
}

/** An address may hold a password; and nobody needs the whole of a long text. */
function showable(value: string): string {
  const hidden = value.replace(/\/\/[^/]*@/, '//…@');
  return hidden.length > 80 ? `${hidden.slice(0, 80)}…` : hidden;
}

function bySetting(a: ConfigProblem, b: ConfigProblem): number {
  return orderOf(a.setting) - orderOf(b.setting) || (a.setting < b.setting ? -1 : 1);
}

/** Documented settings in their order, then the others. */
function orderOf(setting: string): number {
  const index = (SETTING_NAMES as readonly string[]).indexOf(setting.replace(/_FILE$/, ''));
  return index === -1 ? SETTING_NAMES.length : index;
}
