import type { ApiDeps } from '@passerelle/api';
import { pendingMigrations } from '@passerelle/db';
import type { Context } from '../context.js';

type Missing = Awaited<ReturnType<ApiDeps['missing']>>;

/** Whoever asks whether all is there does not wait for long. */
const PATIENCE_MS = 3_000;

/** What keeps this process from its work: looks at the database, its migrations and the queue. */
export function createReadiness(
  context: Pick<Context, 'stores' | 'server' | 'queue'>,
): ApiDeps['missing'] {
  let isMigrated = false;
  const looks: readonly [name: string, sentence: string, look: () => Promise<boolean>][] = [
    [
      'database',
      'The database does not answer.',
      async () => {
        await (await context.stores()).ping();
        return true;
      },
    ],
    [
      'migrations',
      'The database lacks migrations ("passerelle migrate").',
      async () => {
        // Nobody takes one back.
        isMigrated ||= (await pendingMigrations((await context.server()).url)).length === 0;
        return isMigrated;
      },
    ],
    [
      'queue',
      'The queue does not answer.',
      async () => {
        await (await context.queue()).ping();
        return true;
      },
    ],
  ];
  return async () => {
    const results = await Promise.all(
      looks.map(async ([name, sentence, look]): Promise<Missing> => {
        const isThere = await inTime(look()).catch(() => false);
        return isThere ? [] : [{ name, sentence }];
      }),
    );
    const missing = results.flat();
    // Of a database that does not answer nobody knows what it lacks.
    const isAway = missing.some(({ name }) => name === 'database');
    return missing.filter(({ name }) => !(isAway && name === 'migrations'));
  };
}

async function inTime(look: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MS);
  });
  try {
    return await Promise.race([look, late]);
  } finally {
    clearTimeout(timer);
  }
}
