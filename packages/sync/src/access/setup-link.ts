import type { Author, SetupOutcome } from '../ports/access.js';
import type { AccessContext } from './context.js';
import { hashSecret, mintSecret } from './token-secret.js';

/** Long enough to fetch the person who is to use it. */
const HOLDS_MS = 24 * 3_600_000;

/**
 * Makes the link with which the first person takes all rights, in place of the one
 * there was. Its secret stands behind `#`, which browsers keep to themselves: no
 * server, proxy or log on the way sees it.
 *
 * @param baseUrl where people reach Passerelle
 * @returns null where somebody may grant already
 */
export async function createSetupLink(
  { setupLinks, now }: Pick<AccessContext, 'setupLinks' | 'now'>,
  baseUrl: string,
): Promise<{ url: string; expiresAt: Date } | null> {
  const createdAt = now();
  const { secret, hash } = mintSecret();
  const expiresAt = new Date(createdAt.getTime() + HOLDS_MS);
  if (!(await setupLinks.keepSetupLink({ hash, createdAt, expiresAt }, createdAt))) return null;
  return { url: `${baseUrl.replace(/\/+$/, '')}/setup#${secret}`, expiresAt };
}

/** Whether a link's secret still holds; to be asked before anybody's password is checked. */
export async function isSetupSecret(
  { setupLinks, now }: Pick<AccessContext, 'setupLinks' | 'now'>,
  secret: string,
): Promise<boolean> {
  return setupLinks.hasSetupLink(hashSecret(secret), now());
}

/**
 * Uses a link up: the person, whose login was found right, gets every capability
 * everywhere. All or nothing; of two at once, one.
 */
export async function redeemSetupLink(
  { setupLinks, now }: Pick<AccessContext, 'setupLinks' | 'now'>,
  { secret, userId }: { secret: string; userId: number },
  author: Author,
): Promise<SetupOutcome> {
  return setupLinks.redeemSetupLink(hashSecret(secret), userId, author, now());
}
