/** Where a session's secret is kept in a browser. */
export interface SessionCookie {
  name: string;
  /** The header that sets it. */
  set(value: string, expiresAt: Date): string;
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
    set: (value, expiresAt) =>
      `${name}=${value}; ${attributes}; Expires=${expiresAt.toUTCString()}`,
    clear: () => `${name}=; ${attributes}; Max-Age=0`,
  };
}
