import { ONE_LINE, USER_KINDS, type UserKind } from '@passerelle/roster';
import { z } from 'zod';

/** A text of one line. */
export function text(longest: number, shortest = 1) {
  return z
    .string()
    .min(shortest)
    .max(longest)
    .regex(ONE_LINE, 'expected one line, without control characters');
}

/** Why something is done; kept in the audit. */
export const reason = text(500).refine((said) => said.trim() !== '', 'expected a reason');

/** A code of the source; the registry keeps no longer one. */
export const code = text(255);

/** The number of something in an address. */
export const id = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'expected a number')
  .transform(Number);

/** `true` or `false` in an address. */
export const flag = z.enum(['true', 'false']).transform((said) => said === 'true');

/** A moment in an address: `2026-11-20T12:00:00Z`, or with an offset. */
export const instant = z.iso
  .datetime({ offset: true })
  .transform((said) => new Date(said))
  // The database knows no year 0, and writes five digits otherwise than we do.
  .refine((at) => at.getUTCFullYear() > 0 && at.getUTCFullYear() < 10_000, 'expected another year');

/** One or several of a set: the parameter may be repeated. */
export function several<const Values extends readonly [string, ...string[]]>(values: Values) {
  const one = z.enum(values);
  return z
    .union([one, z.array(one).min(1).max(values.length)])
    .transform((said): Values[number][] => (Array.isArray(said) ? said : [said]));
}

const MOST_ITEMS = 200;
const USUAL_ITEMS = 50;

/** Which page of a list. */
export const pageFields = {
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'expected a number')
    .transform(Number)
    .pipe(z.int().min(1).max(MOST_ITEMS))
    .default(USUAL_ITEMS)
    .describe(`How many at most: 1 to ${MOST_ITEMS}.`),
  cursor: text(200).optional().describe('`nextCursor` of the page before.'),
};

/** A person: `student:1234`. */
export const personReference = text(300)
  .regex(new RegExp(`^(${USER_KINDS.join('|')}):.+$`, 'u'), 'expected kind:code, as student:1234')
  .transform((said) => {
    const colon = said.indexOf(':');
    return { kind: said.slice(0, colon) as UserKind, code: said.slice(colon + 1) };
  });

/** A query or body without the fields that were left out. */
export function given<Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as ReturnType<typeof given<Fields>>;
}
