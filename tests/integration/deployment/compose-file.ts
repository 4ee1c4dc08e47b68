import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';

const serviceShape = z.object({
  image: z.string(),
  build: z.string().optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  secrets: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  networks: z.array(z.string()),
  ports: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z
    .object({ test: z.array(z.string()), interval: z.string(), timeout: z.string() })
    .optional(),
  restart: z.string(),
  stop_grace_period: z.string(),
  read_only: z.boolean().default(false),
});
const composeShape = z.object({
  services: z.record(z.string(), serviceShape),
  networks: z.record(z.string(), z.object({ internal: z.boolean().default(false) })),
  volumes: z.record(z.string(), z.unknown()),
  secrets: z.record(z.string(), z.object({ file: z.string() })),
});

export type ComposeFile = z.infer<typeof composeShape>;

/**
 * Reads a compose file as Docker would: anchors merged, variables filled in.
 *
 * @param variables what stands in `.env`
 */
export async function readCompose(
  path: string,
  variables: Readonly<Record<string, string>>,
): Promise<ComposeFile> {
  const document: unknown = parse(await readFile(path, 'utf8'), { merge: true });
  return composeShape.parse(fillIn(document, variables));
}

/** Variables are filled into values, not into the YAML around them. */
function fillIn(value: unknown, variables: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') return interpolate(value, variables);
  if (Array.isArray(value)) return value.map((item: unknown) => fillIn(item, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, fillIn(item, variables)]),
  );
}

/** `${NAME}`, `${NAME-else}`, `${NAME:-else}` and `${NAME:?complaint}`. */
export function interpolate(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$\{(\w+)(?:(:?[-?])([^}]*))?\}/g,
    (_, name: string, operator = '', rest = '') => {
      const value = variables[name];
      const isMissing = value === undefined || (operator.startsWith(':') && value === '');
      if (!isMissing) return value;
      if (operator.endsWith('?')) throw new Error(`${name}: ${rest}`);
      return rest;
    },
  );
}
