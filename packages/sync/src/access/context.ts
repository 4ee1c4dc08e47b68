import type { GrantStore, SetupLinkStore, TokenStore } from '../ports/access.js';

/** What the use cases of rights are built from; each takes the part it needs. */
export interface AccessContext {
  grants: GrantStore;
  tokens: TokenStore;
  setupLinks: SetupLinkStore;
  now: () => Date;
}
