// Writes the JSON Schema of contract files from the built package: `npm run schema`.
import { writeFileSync } from 'node:fs';
import { contractJsonSchema } from '../dist/contract/json-schema.js';

const file = new URL('../contracts/contract.schema.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(contractJsonSchema(), null, 2)}\n`);
