/** What the changes of a run are about. */
export const CHANGED_ENTITIES = [
  'user',
  'membership',
  'tutorship',
  'group',
  'site',
  'definition',
] as const;
export type ChangedEntity = (typeof CHANGED_ENTITIES)[number];

/** `missing`: in no complete answer any more, and not suspended yet. */
export const CHANGE_KINDS = [
  'created',
  'updated',
  'missing',
  'suspended',
  'restored',
  'removed',
] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];
