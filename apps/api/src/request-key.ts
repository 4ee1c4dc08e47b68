import { createHash } from 'node:crypto';
import type { RequestKey } from '@passerelle/sync';

/** The `Idempotency-Key` of a request, with what tells the request from others. */
export function requestKeyOf(
  caller: string,
  header: string | string[] | undefined,
  asked: { method: string; path: string; body: unknown },
): RequestKey | null {
  if (typeof header !== 'string') return null;
  const said = JSON.stringify([asked.method, asked.path, sorted(asked.body)]);
  return { caller, key: header, requestHash: createHash('sha256').update(said).digest('hex') };
}

/** The same whatever the order in which fields were sent. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, field]) => [name, sorted(field)] as const);
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}
