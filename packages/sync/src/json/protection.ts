import type { LeavingDates } from '@passerelle/roster';
import { z } from 'zod';
import type { ListedProtection, Protection } from '../ports/protections.js';

/** Why someone or something is protected from removals. */
export const protectionJson = z.strictObject({
  by: z.string(),
  at: z.iso.datetime(),
  reason: z.string(),
});
type ProtectionJson = z.infer<typeof protectionJson>;

/** What has become of someone who left, and the days on which the rest may. */
export const leavingJson = z.strictObject({
  missingOn: z.iso.date(),
  suspendsOn: z.iso.date().nullable(),
  erasesOn: z.iso.date().nullable(),
});

/** A protection as JSON. */
export function toProtectionJson({ by, at, reason }: Protection): ProtectionJson {
  return { by, at: at.toISOString(), reason };
}

/** Likewise, with what it is of. */
export function toListedProtectionJson(
  protection: ListedProtection,
): ProtectionJson & { ref: string } {
  return { ref: protection.ref, ...toProtectionJson(protection) };
}

/** The dates of a leaving as JSON. */
export function toLeavingJson({ missingOn, suspendsOn, erasesOn }: LeavingDates) {
  return { missingOn, suspendsOn, erasesOn } satisfies z.infer<typeof leavingJson>;
}
