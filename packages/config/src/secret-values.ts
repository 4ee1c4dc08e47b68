import type { Config } from './config.js';

/**
 * The configured values that must not show in logs or output. Of an address
 * only the password counts: its host may be shown.
 */
export function secretValues(config: Config): string[] {
  const { source, moodle, http } = config;
  const addresses = [
    config.databaseUrl,
    config.redisUrl,
    source.wsdl,
    source.endpoint,
    moodle.url,
    http.publicUrl,
  ];
  const secrets = [source.password, source.token, moodle.token, ...addresses.flatMap(passwordsIn)];
  return [...new Set(secrets.filter((secret): secret is string => !!secret))];
}

/** The password of an address, as it stands there and as it is meant. */
function passwordsIn(address: string | undefined): string[] {
  if (address === undefined || !URL.canParse(address)) return [];
  const { password, searchParams } = new URL(address);
  return [password, decode(password), searchParams.get('password') ?? ''];
}

function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
