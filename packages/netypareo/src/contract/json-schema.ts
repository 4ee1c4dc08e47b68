import { z } from 'zod';
import { contractSchema } from './schema.js';

/**
 * The JSON Schema of contract files, for editors: they complete keys and show
 * descriptions. Written to `contracts/contract.schema.json` by `npm run schema`.
 */
export function contractJsonSchema(): object {
  const schema = z.toJSONSchema(contractSchema, { io: 'input', reused: 'ref' });
  return { title: 'Passerelle contract', ...schema };
}
