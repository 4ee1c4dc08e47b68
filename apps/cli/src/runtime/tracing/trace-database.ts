import { SpanKind, trace } from '@opentelemetry/api';
import type { Database } from '@passerelle/db';
import { inSpan } from './spans.js';

/**
 * A span for each operation on the registry that is part of a trace, called as the
 * port calls it. What nobody waits for, a heartbeat say, is no trace of its own.
 */
export function traceDatabase(database: Database): Database {
  const stores = Object.entries(database).map(([name, store]: [string, unknown]) => [
    name,
    isRecord(store) ? traceStore(name, store) : store,
  ]);
  return Object.fromEntries(stores) as Database;
}

function traceStore(name: string, store: object): object {
  return Object.fromEntries(
    Object.entries(store).map(([key, value]: [string, unknown]) => [
      key,
      typeof value === 'function' ? traceMethod(`${name}.${key}`, value as Method) : value,
    ]),
  );
}

type Method = (...args: unknown[]) => unknown;

function traceMethod(operation: string, method: Method): Method {
  const attributes = { 'db.system.name': 'postgresql', 'db.operation.name': operation };
  const told = { name: `SQL ${operation}`, kind: SpanKind.CLIENT, attributes };
  // It answers at once with what the operations are made of: the stage of a part.
  if (operation === 'registry.openStage') {
    return (...args) => {
      const stage = method(...args) as ReturnType<Database['registry']['openStage']>;
      const { write, reject } = stage;
      return { ...stage, ...traceStore('stage', { write, reject }) };
    };
  }
  return (...args) => {
    const result = method(...args);
    const isPart = result instanceof Promise && trace.getActiveSpan() !== undefined;
    return isPart ? inSpan(told, () => result) : result;
  };
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
