import type { ProtectedSubject } from '@passerelle/sync';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { counted } from '../output/format.js';
import { say } from '../output/terminal.js';
import { actorOfCommand } from '../runtime/actor.js';

/** `passerelle users|groups protect` */
export async function protect(
  context: Context,
  subject: ProtectedSubject,
  text: string,
): Promise<ExitCode> {
  const { protections } = await context.stores();
  if (!(await protections.protect(subject, warrantOf(text), context.now()))) throw unknown(subject);
  say(context.terminal, `${nameOf(subject)} is protected from removals.`);
  return EXIT.done;
}

/** `passerelle users|groups unprotect` */
export async function unprotect(
  context: Context,
  subject: ProtectedSubject,
  text: string,
): Promise<ExitCode> {
  const { protections } = await context.stores();
  const removed = await protections.unprotect(subject, warrantOf(text), context.now());
  if (removed === null) throw new UsageError(`${nameOf(subject)} is not protected.`);
  const links =
    removed === 0 ? '' : ` ${counted(removed, 'link')} of people who are suspended went with it.`;
  say(context.terminal, `${nameOf(subject)} is protected no more.${links}`);
  return EXIT.done;
}

/** Who says so, and why. */
function warrantOf(text: string): { by: string; reason: string } {
  const reason = text.trim();
  if (reason === '') throw new UsageError('Say why: --reason cannot be empty.');
  return { by: actorOfCommand(), reason };
}

const nameOf = ({ kind, code }: ProtectedSubject): string => `${kind}:${code}`;

function unknown(subject: ProtectedSubject): UsageError {
  return new UsageError(`There is no ${subject.of} "${nameOf(subject)}".`);
}
