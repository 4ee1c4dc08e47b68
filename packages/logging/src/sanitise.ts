import { serialiseError } from './serialise-error.js';

/** Deeper than this nothing is logged. */
const MAX_DEPTH = 6;

/**
 * Makes a log entry's values plain: errors lose all but what
 * {@link serialiseError} keeps, and objects of classes (requests, clients,
 * responses) are named instead of being spread out with all they hold.
 */
export function sanitise(entry: Record<string, unknown>): Record<string, unknown> {
  return mapValues(entry, 0);
}

function sanitiseValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return serialiseError(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof URL) return value.href;
  if (depth >= MAX_DEPTH) return '[too deep]';
  if (Array.isArray(value)) return value.map((item) => sanitiseValue(item, depth + 1));
  if (isPlain(value)) return mapValues(value, depth + 1);
  return `[${value.constructor.name}]`;
}

function mapValues(object: Record<string, unknown>, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, sanitiseValue(value, depth)]),
  );
}

function isPlain(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
