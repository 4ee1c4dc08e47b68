/** SQL: is the user or group whose id is `sql` protected from removals? */
export function isProtected(entity: 'user' | 'group', sql: string): string {
  return `EXISTS (SELECT FROM protections p WHERE p.entity = '${entity}' AND p.entity_id = ${sql})`;
}

/** SQL: likewise of a link of alias `o`, by either of those whom it links. */
export const LINK_IS_PROTECTED = {
  memberships: `(${isProtected('user', 'o.user_id')} OR ${isProtected('group', 'o.group_id')})`,
  tutorships: `(${isProtected('user', 'o.tutor_id')} OR ${isProtected('user', 'o.student_id')})`,
} as const;

/** SQL: likewise of a row of alias `o`, of any table of the registry. */
export function rowIsProtected(table: string): string {
  switch (table) {
    case 'users':
      return isProtected('user', 'o.id');
    case 'groups':
      return isProtected('group', 'o.id');
    case 'memberships':
    case 'tutorships':
      return LINK_IS_PROTECTED[table];
    default:
      return 'false';
  }
}
