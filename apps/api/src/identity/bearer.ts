import { type Caller, callerOfToken } from '@passerelle/sync';
import type { ApiDeps } from '../deps.js';

/** Who shows a token that holds now; null: it is none, has run out or was revoked. */
export async function callerOfBearer(
  { tokens, grants, sync }: Pick<ApiDeps, 'tokens' | 'grants' | 'sync'>,
  authorization: string,
): Promise<Caller | null> {
  const [, text = ''] = /^Bearer (\S{1,300})$/i.exec(authorization) ?? [];
  return callerOfToken({ tokens, grants, now: sync.now }, text);
}
