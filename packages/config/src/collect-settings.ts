import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { ConfigProblem } from './config-error.js';
import { nearest } from './nearest.js';
import { SECRET_SETTINGS, SETTING_NAMES } from './settings.js';

/** Our own prefixes: any other name under them is a mistake. */
const PREFIXES = ['PASSERELLE_', 'NETYPAREO_', 'MOODLE_'];
const FILE_NAMES = [...SECRET_SETTINGS].map(fileName);

type RawSettings = Record<string, string>;

/** The settings as texts, with the files that were pointed to read in. */
export interface CollectedSettings {
  values: RawSettings;
  problems: ConfigProblem[];
}

/**
 * Gathers the settings from the environment, a `.env` file and `NAME_FILE`
 * files. The environment wins over `.env`; empty values count as not set.
 */
export function collectSettings(env: NodeJS.ProcessEnv, cwd: string): CollectedSettings {
  const fromEnv = withoutEmpty(env);
  const problems: ConfigProblem[] = [];
  const given = { ...notOverridden(readDotEnv(cwd, problems), fromEnv), ...fromEnv };
  problems.push(...unknownNames(Object.keys(given)));
  return { values: readSecretFiles(given, cwd, problems), problems };
}

function withoutEmpty(env: NodeJS.ProcessEnv): RawSettings {
  const entries = Object.entries(env).filter((entry): entry is [string, string] => !!entry[1]);
  return Object.fromEntries(entries);
}

function readDotEnv(cwd: string, problems: ConfigProblem[]): RawSettings {
  try {
    return withoutEmpty(parseEnv(readFileSync(join(cwd, '.env'), 'utf8')));
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') {
      problems.push({ setting: '.env', message: `the file can't be read (${codeOf(error)})` });
    }
    return {};
  }
}

/** NAME in the environment beats both NAME and NAME_FILE of the file, and the other way round. */
function notOverridden(fromFile: RawSettings, fromEnv: RawSettings): RawSettings {
  const kept = { ...fromFile };
  for (const name of SECRET_SETTINGS) {
    if (fromEnv[name] === undefined && fromEnv[fileName(name)] === undefined) continue;
    delete kept[name];
    delete kept[fileName(name)];
  }
  return kept;
}

function unknownNames(names: readonly string[]): ConfigProblem[] {
  const known: string[] = [...SETTING_NAMES, ...FILE_NAMES];
  const unknown = names.filter(
    (name) => PREFIXES.some((prefix) => name.startsWith(prefix)) && !known.includes(name),
  );
  return unknown.sort().map((setting) => {
    const meant = nearest(setting, known);
    const hint = meant === null ? 'remove it' : `did you mean ${meant}?`;
    return { setting, message: `there is no such setting; ${hint}` };
  });
}

function readSecretFiles(given: RawSettings, cwd: string, problems: ConfigProblem[]): RawSettings {
  const values = { ...given };
  for (const name of SECRET_SETTINGS) {
    const setting = fileName(name);
    const path = given[setting];
    if (path === undefined) continue;
    if (given[name] !== undefined) {
      problems.push({ setting, message: `expected either ${name} or ${setting}, not both` });
      continue;
    }
    const content = readSecret(resolve(cwd, path));
    if (content.ok) values[name] = content.value;
    else problems.push({ setting, message: `${content.reason}: ${path}` });
  }
  return values;
}

function readSecret(path: string): { ok: true; value: string } | { ok: false; reason: string } {
  try {
    // The line break at the end is the editor's, not the secret's.
    const value = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    return value === ''
      ? { ok: false, reason: 'expected a file that holds the value, but it is empty' }
      : { ok: true, value };
  } catch (error) {
    return { ok: false, reason: `expected a file that can be read (${codeOf(error)})` };
  }
}

function fileName(setting: string): string {
  return `${setting}_FILE`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
