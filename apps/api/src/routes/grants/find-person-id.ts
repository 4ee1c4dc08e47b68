import type { UserKind } from '@passerelle/roster';
import type { Scope } from '../../table/scope.js';

/** The registry's id of somebody whom the caller may see; null: there is nobody such. */
export async function findPersonId(
  { deps, reach }: Pick<Scope, 'deps' | 'reach'>,
  { kind, code }: { kind: UserKind; code: string },
): Promise<number | null> {
  const [found] = await deps.users.findUsers({ kind, codeOrLogin: code, reach });
  if (found === undefined) return null;
  return (await deps.sync.registry.whereabouts({ kind, code }))?.id ?? null;
}
