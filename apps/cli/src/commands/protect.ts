import type { ProtectedSubject } from '@passerelle/sync';
import type { Command } from 'commander';
import type { App } from '../app.js';
import { addCommand } from '../command-line.js';
import type { Context } from '../context.js';
import { oneLine } from './access-options.js';

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
    .requiredOption('--reason <text>', 'why; kept and shown', oneLine)
    .action((reference: string, { reason }: Reason) =>
      app.perform(async (c) =>
        (await import('./protect-change.js')).protect(c, await find(c, reference), reason),
      ),
    );
  addCommand(parent, {
    usage: 'unprotect',
    summary: `let removals touch a protected ${of} again`,
    examples: [[`${lead} unprotect ${example} --reason "has left"`, 'by the next runs']],
  })
    .argument(`<${of}>`, forms)
    .requiredOption('--reason <text>', 'why; kept in the audit', oneLine)
    .action((reference: string, { reason }: Reason) =>
      app.perform(async (c) =>
        (await import('./protect-change.js')).unprotect(c, await find(c, reference), reason),
      ),
    );
  addCommand(parent, {
    usage: 'protected',
    summary: `list the ${of}s that are protected, since when, by whom and why`,
    examples: [[`${lead} protected`, 'all of them']],
  })
    .option('--json', 'print one JSON document')
    .action((options: { json?: true }) =>
      app.perform(async (c) => (await import('./protect-list.js')).listProtected(c, of, options)),
    );
}

const PROTECTS = {
  user: 'A protected person is neither suspended nor erased for being missing, and keeps memberships and tutorships. The right to erasure goes before: "users erase" erases them too.',
  group: 'A protected group is not suspended, and keeps its memberships.',
} as const;
