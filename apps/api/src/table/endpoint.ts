import type { Readable } from 'node:stream';
import type { z } from 'zod';
import type { ProblemName } from '../problems/table.js';
import type { Scope } from './scope.js';

type Schema = z.ZodType;
/** By status; null: no body. */
export type Answers = Readonly<Record<number, Schema | null>>;

/** What a handler is given of the request, validated. */
export interface TypedRequest<P, Q, B> {
  params: P;
  query: Q;
  body: B;
  /** Names in lower case; whatever is not documented is to be left alone. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

type Headers = Readonly<Record<string, string | string[]>>;

/** One of the documented answers; `stream`: something else than JSON, such as a file or events. */
export type Reply<A extends Answers> =
  | {
      [Status in keyof A & number]: A[Status] extends Schema
        ? { status: Status; body: z.input<A[Status]>; headers?: Headers }
        : { status: Status; headers?: Headers };
    }[keyof A & number]
  | { status: keyof A & number; stream: Readable | string; type: string; headers?: Headers };

/** What one handler file holds. Schemas of params, query and body are strict objects. */
export interface EndpointSpec<
  A extends Answers,
  P extends Schema,
  Q extends Schema,
  B extends Schema,
> {
  /** A sentence; the heading in /docs. */
  summary: string;
  description?: string;
  params?: P;
  query?: Q;
  /** A body that may be left out is one whose fields all may. */
  body?: B;
  answers: A;
  /** Media types that a success may have beside JSON, such as `text/csv`. */
  media?: readonly string[];
  /** Those of its own; the ones of all routes are added. */
  problems?: readonly ProblemName[];
  /** Whether it takes an `Idempotency-Key`. */
  idempotent?: boolean;
  handle(
    request: TypedRequest<z.output<P>, z.output<Q>, z.output<B>>,
    scope: Scope,
  ): Promise<Reply<A>>;
}

/** An endpoint whose types only its own file knows. */
export interface Endpoint {
  summary: string;
  description?: string;
  params?: Schema;
  query?: Schema;
  body?: Schema;
  answers: Answers;
  media?: readonly string[];
  problems?: readonly ProblemName[];
  idempotent?: boolean;
  handle(request: TypedRequest<unknown, unknown, unknown>, scope: Scope): Promise<AnyReply>;
}

/** Any endpoint's reply. */
export interface AnyReply {
  status: number;
  body?: unknown;
  stream?: Readable | string;
  type?: string;
  headers?: Headers;
}

/** Makes an endpoint; what the handler takes and answers is checked against its schemas. */
export function endpoint<
  const A extends Answers,
  P extends Schema = z.ZodUndefined,
  Q extends Schema = z.ZodUndefined,
  B extends Schema = z.ZodUndefined,
>(spec: EndpointSpec<A, P, Q, B>): Endpoint {
  return spec;
}

/** An answer that is no JSON document. */
export function streamed(
  stream: Readable | string,
  type: string,
  headers: Headers = {},
): { status: 200; stream: Readable | string; type: string; headers: Headers } {
  return { status: 200, stream, type, headers };
}

/** The usual answer. */
export function ok<Body>(body: Body): { status: 200; body: Body } {
  return { status: 200, body };
}
