import type { ChangedEntity, Reach } from '@passerelle/roster';
import type { PlaceDirectory } from '@passerelle/sync';

interface Reference {
  entity: ChangedEntity;
  /** `student:12`, `student:12/initial:G1`, `tutor:7/student:12@C1` */
  ref: string;
}

/**
 * What of a person's or group's links, or of their history, a caller may see: not
 * those that lead to somebody or something of another site. What a reference leads
 * to is what is left of it without the subject; what cannot be told is not shown.
 */
export async function visibleLinks<Item extends Reference>(
  places: Pick<PlaceDirectory, 'visibleAmong'>,
  subject: string,
  items: readonly Item[],
  reach: Reach,
): Promise<Item[]> {
  if (reach === 'everywhere') return [...items];
  const ends = items.map((item) => otherEnd(subject, item));
  const visible = await places.visibleAmong(
    ends.filter((end) => end !== null),
    reach,
  );
  return items.filter((item, index) => {
    const end = ends[index] ?? null;
    return end === null ? item.ref === subject : visible.has(end);
  });
}

/** Null: it is about the subject itself, or cannot be told. */
function otherEnd(subject: string, { entity, ref }: Reference): string | null {
  if (entity !== 'membership' && entity !== 'tutorship') return null;
  const link = entity === 'tutorship' ? withoutCompany(subject, ref) : ref;
  if (link.startsWith(`${subject}/`)) return link.slice(subject.length + 1);
  if (link.endsWith(`/${subject}`)) return link.slice(0, -subject.length - 1);
  return null;
}

/** `tutor:7/student:12@C1`: neither end says the company. */
function withoutCompany(subject: string, ref: string): string {
  const end = ref.indexOf(`/${subject}@`);
  if (end !== -1) return ref.slice(0, end + subject.length + 1);
  const at = ref.lastIndexOf('@');
  return at === -1 ? ref : ref.slice(0, at);
}
