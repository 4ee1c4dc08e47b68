import type { Config, SourceConfig } from '@passerelle/config';
import type { Logger } from '@passerelle/logging';
import type { Source } from '@passerelle/sync';

export interface OpenedSource {
  source: Source;
}

/** Placeholder until createSource exists. */
export async function openSource(_options: {
  settings: SourceConfig;
  config: Config;
  log: Logger;
  now: () => Date;
}): Promise<OpenedSource> {
  throw new Error('no source');
}
