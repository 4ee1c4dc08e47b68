import { type ProtectedSubject, toListedProtectionJson, toListJson } from '@passerelle/sync';
import type { Command } from 'commander';
import type { App } from '../app.js';
import { addCommand } from '../command-line.js';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { counted } from '../output/format.js';
import { renderTable } from '../output/table.js';
import { say, sayJson } from '../output/terminal.js';
import { actorOfCommand } from '../runtime/actor.js';

/** How users, or groups, are named on the command line and found. */
export interface ProtectableKind {
  of: ProtectedSubject['of'];
  /** A reference, for the examples. */
  example: string;
  /** What the reference may be. */
  forms: string;
  find: (context: Context, reference: string) => Promise<ProtectedSubject>;
}

interface Reason {
  reason: string;
}

/** `users protect`, `users unprotect` and `users protected`; likewise of groups. */
export function addProtectCommands(parent: Command, app: App, what: ProtectableKind): void {
  const { of, example, forms, find } = what;
  const lead = `passerelle ${of}s`;
  addCommand(parent, {
    usage: 'protect',
    summary: `keep a ${of} from all removals, whatever the source says`,
    examples: [[`${lead} protect ${example} --reason "works abroad"`, 'until unprotected']],
    more: PROTECTS[of],
  })
    .argument(`<${of}>`, forms)
    .requiredOption('--reason <text>', 'why; kept and shown')
    .action((reference: string, { reason }: Reason) =>
      app.perform(async (c) => protect(c, await find(c, reference), reason)),
    );
  addCommand(parent, {
    usage: 'unprotect',
    summary: `let removals touch a protected ${of} again`,
    examples: [[`${lead} unprotect ${example} --reason "has left"`, 'by the next runs']],
  })
    .argument(`<${of}>`, forms)
    .requiredOption('--reason <text>', 'why; kept in the audit')
    .action((reference: string, { reason }: Reason) =>
      app.perform(async (c) => unprotect(c, await find(c, reference), reason)),
    );
  addCommand(parent, {
    usage: 'protected',
    summary: `list the ${of}s that are protected, since when, by whom and why`,
    examples: [[`${lead} protected`, 'all of them']],
  })
    .option('--json', 'print one JSON document')
    .action((options: { json?: true }) => app.perform((c) => listProtected(c, of, options)));
}

const PROTECTS = {
  user: 'A protected person is neither suspended nor erased for being missing, and keeps memberships and tutorships. The right to erasure goes before: "users erase" erases them too.',
  group: 'A protected group is not suspended, and keeps its memberships.',
} as const;

async function protect(
  context: Context,
  subject: ProtectedSubject,
  text: string,
): Promise<ExitCode> {
  const { protections } = await context.stores();
  const warrant = { by: actorOfCommand(), reason: reasonOf(text) };
  if (!(await protections.protect(subject, warrant, context.now()))) throw unknown(subject);
  say(context.terminal, `${nameOf(subject)} is protected from removals.`);
  return EXIT.done;
}

async function unprotect(
  context: Context,
  subject: ProtectedSubject,
  text: string,
): Promise<ExitCode> {
  const { protections } = await context.stores();
  const warrant = { by: actorOfCommand(), reason: reasonOf(text) };
  const removed = await protections.unprotect(subject, warrant, context.now());
  if (removed === null) throw new UsageError(`${nameOf(subject)} is not protected.`);
  const links =
    removed === 0 ? '' : ` ${counted(removed, 'link')} of people who are suspended went with it.`;
  say(context.terminal, `${nameOf(subject)} is protected no more.${links}`);
  return EXIT.done;
}

async function listProtected(
  context: Context,
  of: ProtectedSubject['of'],
  options: { json?: true },
): Promise<ExitCode> {
  const { terminal, format } = context;
  const { protections } = await context.stores();
  const found = await protections.listProtections(of);
  if (options.json) {
    sayJson(terminal, toListJson(found.map(toListedProtectionJson), null));
    return EXIT.done;
  }
  const rows = found.map(({ ref, at, by, reason }) => [ref, format.instant(at), by, reason]);
  const head = [of === 'user' ? 'User' : 'Group', 'Since', 'By', 'Why'];
  say(terminal, rows.length === 0 ? 'None.' : renderTable(terminal, head, rows));
  return EXIT.done;
}

function reasonOf(text: string): string {
  const reason = text.trim();
  if (reason === '') throw new UsageError('Say why: --reason cannot be empty.');
  return reason;
}

const nameOf = ({ kind, code }: ProtectedSubject): string => `${kind}:${code}`;

function unknown(subject: ProtectedSubject): UsageError {
  return new UsageError(`There is no ${subject.of} "${nameOf(subject)}".`);
}
