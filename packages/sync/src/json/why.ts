import { type LeavingDates, USER_KINDS } from '@passerelle/roster';
import { z } from 'zod';
import type { FieldReason, LinkReason, UserReasons } from '../why/explain-user.js';
import { originJson, toOriginJson } from './change.js';
import { leavingJson, protectionJson, toLeavingJson, toProtectionJson } from './protection.js';

/** Where something comes from: the contract's operation and paths, and the rule in words. */
const derivation = {
  operation: z.string().nullable(),
  paths: z.array(z.string()),
  rule: z.strictObject({ fr: z.string(), en: z.string() }),
};

/** Why someone is in the registry as they are: what `users show --why` prints. */
export const whyJson = z.strictObject({
  kind: z.enum(USER_KINDS),
  code: z.string(),
  status: z.enum(['active', 'suspended']),
  missingSince: z.iso.datetime().nullable(),
  /** Null: they are there. */
  leaving: leavingJson.nullable(),
  protection: protectionJson.nullable(),
  fields: z.array(
    z.strictObject({
      name: z.string(),
      value: z.string().nullable(),
      ...derivation,
      set: originJson.nullable(),
    }),
  ),
  links: z.array(
    z.strictObject({
      entity: z.enum(['membership', 'tutorship']),
      ref: z.string(),
      value: z.record(z.string(), z.unknown()),
      removedAt: z.iso.datetime().nullable(),
      ...derivation,
      /** What added or removed it. */
      since: originJson.nullable(),
      /** What changed it last. */
      set: originJson.nullable(),
    }),
  ),
});
export type WhyJson = z.infer<typeof whyJson>;

/** Reasons as JSON. */
export function toWhyJson(reasons: UserReasons, leaving: LeavingDates | null): WhyJson {
  const { kind, code, status, missingSince, protection, fields, links } = reasons;
  return {
    ...{ kind, code, status, missingSince: missingSince?.toISOString() ?? null },
    leaving: leaving === null ? null : toLeavingJson(leaving),
    protection: protection === null ? null : toProtectionJson(protection),
    fields: fields.map(toFieldJson),
    links: links.map(toLinkJson),
  };
}

function toFieldJson({ name, value, origin, ...derived }: FieldReason): WhyJson['fields'][number] {
  return { name, value, ...toDerivationJson(derived), set: toSetJson(origin) };
}

function toLinkJson(link: LinkReason): WhyJson['links'][number] {
  const { entity, ref, value, removedAt, since, origin } = link;
  return {
    ...{ entity, ref, value: { ...value }, removedAt: removedAt?.toISOString() ?? null },
    ...toDerivationJson(link),
    since: toSetJson(since),
    set: toSetJson(origin),
  };
}

const toSetJson = (origin: FieldReason['origin']) =>
  origin === null ? null : toOriginJson(origin);

function toDerivationJson({
  operation,
  paths,
  rule,
}: Pick<FieldReason, 'operation' | 'paths' | 'rule'>) {
  return { operation, paths: [...paths], rule: { fr: rule.fr, en: rule.en } };
}
