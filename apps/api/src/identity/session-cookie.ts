/** Where a session's secret is kept in a browser. */
export interface SessionCookie {
  name: string;
  /** The header that sets it, until the session is over whatever happens. */
  set(value: string, until: { expiresAt: Date; now: Date }): string;
  /** The header that takes it away. */
  clear(): string;
}

/**
 * The cookie of sessions. Where browsers come by https it is bound to this very
 * host and never sent in the clear (`__Host-`).
 */
export function sessionCookie(publicUrl: string | undefined): SessionCookie {
  const secure = publicUrl?.startsWith('https:') === true;
  const name = secure ? '__Host-passerelle_session' : 'passerelle_session';
  const attributes = `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  return {
    name,
    // Max-Age outranks Expires (RFC 6265, section 5.3) and does without a right clock there.
    set: (value, { expiresAt, now }) => {
      const seconds = Math.floor((expiresAt.getTime() - now.getTime()) / 1_000);
      const end = `Expires=${expiresAt.toUTCString()}; Max-Age=${seconds}`;
      return `${name}=${value}; ${attributes}; ${end}`;
    },
    clear: () => `${name}=; ${attributes}; Max-Age=0`,
  };
}
