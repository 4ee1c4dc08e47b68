import type { IsoDate, UserKind } from '@passerelle/roster';
import type { SyncContext } from '../context.js';
import type { ChangeOrigin, Image, PlanReader, UserOrigins } from '../ports/plan.js';
import type { Protection } from '../ports/protections.js';
import { type Derivation, deriveField } from './field-rules.js';
import { deriveLink } from './link-rules.js';

/** Why a field is as it is. */
export interface FieldReason extends Derivation {
  name: string;
  value: string | null;
  /** What set it last. */
  origin: ChangeOrigin | null;
}

/** Why someone is, or is no longer, in a group or in someone's charge. */
export interface LinkReason extends Derivation {
  entity: 'membership' | 'tutorship';
  ref: string;
  value: Image;
  removedAt: Date | null;
  /** What added or removed it. */
  since: ChangeOrigin | null;
  /** What changed it last. */
  origin: ChangeOrigin | null;
}

/** Why someone is in the registry as they are. */
export interface UserReasons {
  kind: UserKind;
  code: string;
  status: 'active' | 'suspended';
  /** Since when no complete reading holds them. */
  missingSince: Date | null;
  missingOn: IsoDate | null;
  suspendedOn: IsoDate | null;
  protection: Protection | null;
  fields: FieldReason[];
  links: LinkReason[];
}

interface Deps {
  plans: Pick<PlanReader, 'origins'>;
  source: Pick<SyncContext['source'], 'mappingOf'>;
}

/**
 * Explains a person: for all that the registry holds of them the path that the
 * contract takes it from, the rule, and the run that set it. Null: nobody is called so.
 */
export async function explainUser(
  { plans, source }: Deps,
  kind: UserKind,
  code: string,
): Promise<UserReasons | null> {
  const origins = await plans.origins(kind, code);
  return origins === null ? null : explain(origins, (reading) => source.mappingOf(reading));
}

function explain(
  { fields, links, ...person }: UserOrigins,
  mappingOf: Parameters<typeof deriveField>[3],
): UserReasons {
  const { kind } = person;
  const values = new Map(fields.map(({ name, value }) => [name, value]));
  return {
    ...person,
    fields: fields.map((field) => ({
      ...field,
      ...deriveField(field.name, kind, values, mappingOf),
    })),
    links: links.map((link) => ({ ...link, ...deriveLink(link, kind, mappingOf) })),
  };
}
