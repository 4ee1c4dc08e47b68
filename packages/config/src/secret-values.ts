import type { Config } from './config.js';

/**
 * The configured values that must not show in logs or output. Of an address
 * only the password counts: its host may be shown.
 */
export function secretValues(config: Config): string[] {
  const { source, moodle, http, alerts } = config;
  const addresses = [
    config.databaseUrl,
    config.redisUrl,
    source.wsdl,
    source.endpoint,
    moodle.url,
    http.publicUrl,
    alerts.email.smtpUrl,
  ];
  const secrets = [
    ...[source.password, source.token, moodle.token],
    // The address of a webhook may be all that one needs to write there.
    ...[alerts.webhook.url, alerts.webhook.secret],
    ...addresses.flatMap(passwordsIn),
  ];
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
