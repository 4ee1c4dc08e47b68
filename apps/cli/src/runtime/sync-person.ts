import { type PersonReference, type Run, syncUser, toRunJson } from '@passerelle/sync';
import type { Context } from '../context.js';
import { CommandError, UsageError } from '../errors.js';
import type { ExitCode } from '../exit-codes.js';
import { describeOutcome } from '../output/run-sentence.js';
import { say, sayJson } from '../output/terminal.js';
import { actorOfCommand, authorOfCommand } from './actor.js';
import { exitCodeOf } from './carry-through.js';
import { requireSource } from './require-source.js';

/** Reads and applies one person, in this process, and says how that ended. */
export async function syncPerson(
  context: Context,
  person: PersonReference,
  options: { json?: true },
  retryOf?: Run,
): Promise<ExitCode> {
  requireSource(await context.source());
  const sync = await context.sync();
  const request = {
    ...{ person, requestedBy: actorOfCommand(), author: authorOfCommand() },
    ...(retryOf === undefined
      ? { trigger: 'manual' as const }
      : { trigger: 'retry' as const, retryOfId: retryOf.id }),
  };
  const result = await syncUser(sync, request, context.signal).catch((error: unknown) => {
    if (!context.signal.aborted) throw error;
    throw new CommandError('Stopped; nothing of it was applied.');
  });
  if (result.outcome === 'unknown') {
    throw new UsageError('The person is no longer in the registry.');
  }
  if (result.outcome === 'busy') {
    throw new CommandError(`Run ${result.run.id} is reading this person at this moment.`);
  }
  const { run } = result;
  if (options.json) sayJson(context.terminal, toRunJson(run));
  else say(context.terminal, describeOutcome(run, context.format));
  return exitCodeOf(run.state);
}
