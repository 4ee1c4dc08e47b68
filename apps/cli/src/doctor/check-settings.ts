import type { Config } from '@passerelle/config';
import { describeBlackouts } from '@passerelle/roster';
import type { Context } from '../context.js';
import { type Finding, fine } from './finding.js';

/** What is configured: where things are, never how one gets in. */
export async function checkSettings({ config, blackouts }: Context): Promise<Finding[]> {
  const { source, databaseUrl, redisUrl } = config;
  const settings: [string, string][] = [
    ['database', databaseUrl === undefined ? embedded(config) : withoutSecrets(databaseUrl)],
    ['queue', redisUrl === undefined ? 'in the same PostgreSQL' : withoutSecrets(redisUrl)],
    ['source', source.wsdl === undefined ? 'not set' : withoutSecrets(source.wsdl)],
    ['contract', source.contractFile ?? 'the built-in one'],
    ['sign-in', signIn(source)],
    ['calls at once', `at most ${source.maxConcurrency} (NETYPAREO_MAX_CONCURRENCY)`],
    ['blackouts', `${describeBlackouts(blackouts, 'en')} (PASSERELLE_BLACKOUT)`],
    ['time zone', config.timeZone],
    ['data directory', config.dataDir],
  ];
  return settings.map(([name, value]) => fine('settings', `${name}: ${value}`));
}

function embedded({ dataDir }: Config): string {
  return `embedded PostgreSQL below ${dataDir}`;
}

function signIn({ username, password, token }: Config['source']): string {
  const given = [
    username === undefined ? [] : ['NETYPAREO_USERNAME'],
    password === undefined ? [] : ['NETYPAREO_PASSWORD'],
    token === undefined ? [] : ['NETYPAREO_TOKEN'],
  ].flat();
  return given.length === 0 ? 'no credentials set' : `${given.join(', ')} set`;
}

/** An address without user, password and query, which may hold a key. */
function withoutSecrets(address: string): string {
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  if (url.protocol === 'file:') return address;
  const query = /^\?wsdl$/i.test(url.search) ? url.search : '';
  return `${url.protocol}//${url.host}${url.pathname}${query}`;
}
