import { join } from 'node:path';
import type { Config, SourceConfig } from '@passerelle/config';
import type { Logger } from '@passerelle/logging';
import {
  type Contract,
  createSource,
  loadContract,
  type NetypareoSource,
} from '@passerelle/netypareo';
import type { SourceGate } from '@passerelle/sync';

/** The source port, and whether anything is behind it. */
export interface OpenedSource {
  source: NetypareoSource;
  contract: Contract;
  /** Where the WSDL is; undefined: no source is configured, and every call fails. */
  wsdl: string | undefined;
}

/**
 * Builds the source port from settings and contract. Nothing is called yet, and
 * commands that only look at the registry need no source at all.
 */
export async function openSource(options: {
  settings: SourceConfig;
  config: Pick<Config, 'dataDir' | 'timeZone'>;
  log: Logger;
  now: () => Date;
  /** Whether the WSDL is kept for the day the source is down. */
  keepWsdl: boolean;
  gate: SourceGate;
}): Promise<OpenedSource> {
  const { settings, config, log, now, gate } = options;
  const contract = await loadContract(settings.contractFile);
  const { wsdl, endpoint, username, password, token } = settings;
  const { timeoutMs, maxResponseBytes, maxXmlDepth, maxTextBytes } = settings;
  const source = createSource({
    ...{ contract, endpoint, gate, log },
    wsdl: wsdl ?? '',
    credentials: { username, password, token },
    limits: { timeoutMs, maxResponseBytes, maxXmlDepth, maxTextBytes },
    // A source that is there for one command only has nothing worth keeping.
    cacheDir: options.keepWsdl ? join(config.dataDir, 'wsdl') : undefined,
    timeZone: config.timeZone,
    now: () => now().getTime(),
  });
  return { source, contract, wsdl };
}
