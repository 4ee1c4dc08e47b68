import { z } from 'zod';

// The promised shapes, written down apart from the product's own schemas.

const instant = z.iso.datetime();
const capability = z.string().regex(/^auth\/netypareo:\w+$/);

export const grantShape = z.strictObject({
  ...{ id: z.int(), user: z.string().regex(/^(student|teacher|tutor):/), capability },
  ...{ site: z.string().nullable(), grantedBy: z.string(), reason: z.string().nullable() },
  ...{ createdAt: instant, expiresAt: instant.nullable() },
});

export const tokenShape = z.strictObject({
  ...{ id: z.int(), name: z.string(), capabilities: z.array(capability) },
  ...{ sites: z.array(z.string()), createdBy: z.string(), createdAt: instant },
  ...{ expiresAt: instant.nullable(), lastUsedAt: instant.nullable() },
  revokedAt: instant.nullable(),
});

export const newTokenShape = tokenShape.extend({
  secret: z.string().regex(/^psr_\d+_[\w-]{43}$/),
});
