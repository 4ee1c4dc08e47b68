import { createSetupLink } from '@passerelle/sync';
import type { Context } from '../context.js';
import { note } from '../output/terminal.js';

/**
 * Where nobody may grant, prints the link with which the first person takes all rights.
 * Only its hash is kept: each start prints another, and ends the one before.
 *
 * @param url where the API answers
 */
export async function offerSetup(context: Context, url: string): Promise<void> {
  const { setupLinks } = await context.stores();
  const base = context.config.http.publicUrl ?? url;
  const link = await createSetupLink({ setupLinks, now: context.now }, base);
  if (link === null) return;
  note(
    context.terminal,
    `Nobody may grant rights yet. Whoever opens this link and signs in with their NetYParéo login
gets them all; it works once, until ${context.format.instant(link.expiresAt)}, and a new start makes another:
  ${link.url}`,
  );
}
