import { type Erasure, type Protection, toErasureJson } from '@passerelle/sync';
import type { Context } from '../context.js';
import { CommandError, UsageError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { sayProtection } from '../output/leaving.js';
import { renderFacts } from '../output/table.js';
import { note, say, sayJson } from '../output/terminal.js';
import { actorOfCommand } from '../runtime/actor.js';
import { findPerson, parseReference } from '../runtime/find-user.js';

interface EraseOptions {
  reason: string;
  yes?: true;
  json?: true;
}

/** `passerelle users erase KIND:CODE`: without --yes it shows what would go. */
export async function eraseUser(
  context: Context,
  reference: string,
  options: EraseOptions,
): Promise<ExitCode> {
  const { users, personal, protections } = await context.stores();
  const person = await findPerson(users, reference);
  const warrant = { by: actorOfCommand(), reason: options.reason };
  const erased = options.yes === true;
  const protection = await protections.findProtection({ of: 'user', ...person });
  const erasure = erased
    ? await personal.eraseUser(person, warrant, context.now())
    : await personal.previewErasure(person);
  if (erasure === null) throw new UsageError(`There is no user "${reference}".`);
  if (erasure === 'last_grantor') {
    throw new CommandError(
      `Nobody would be left who may grant everywhere. Give somebody else the right first: ` +
        `passerelle grants add KIND:CODE grant --reason TEXT`,
    );
  }
  if (options.json) sayJson(context.terminal, toErasureJson(erasure, erased));
  else say(context.terminal, renderErasure(erasure, erased));
  if (protection !== null) noteProtection(context, protection, erased);
  if (erased) return EXIT.done;
  note(context.terminal, 'Nothing was erased: add --yes to do it. It cannot be undone.');
  return EXIT.usage;
}

/** A protection keeps removals off; it does not go before the right to be erased. */
function noteProtection(context: Context, protection: Protection, erased: boolean): void {
  const { terminal } = context;
  const said = sayProtection(context, protection, 'en');
  const effect = erased ? 'They were erased all the same' : 'An erasure goes before it';
  note(terminal, `They ${erased ? 'were' : 'are'} protected from removals ${said}. ${effect}.`);
}

function renderErasure({ kind, code, rows }: Erasure, erased: boolean): string {
  const counts = Object.entries(rows).filter(([, count]) => count > 0);
  const who = `${kind}:${code}`;
  const table = counts.length === 0 ? 'Nothing was kept on them.' : renderFacts(counts);
  const title = erased ? `Erased ${who}, rows by table:` : `Rows by table that ${who} has:`;
  const after = `Their records are set aside from now on; "passerelle users allow ${who}" ends that.`;
  return erased ? `${title}\n${table}\n${after}` : `${title}\n${table}`;
}

/** `passerelle users allow KIND:CODE` */
export async function allowUser(
  context: Context,
  reference: string,
  options: { reason: string },
): Promise<ExitCode> {
  const { personal } = await context.stores();
  const { kind, codeOrLogin: code } = parseReference(reference);
  if (kind === undefined) {
    throw new UsageError('Say kind:code (student:1234): of those erased, nothing else is known.');
  }
  const warrant = { by: actorOfCommand(), reason: options.reason };
  if (!(await personal.allowUser({ kind, code }, warrant, context.now()))) {
    throw new UsageError(`"${reference}" was not erased, or is allowed again already.`);
  }
  say(context.terminal, `The next run takes ${reference} up again, if the source still has them.`);
  return EXIT.done;
}
