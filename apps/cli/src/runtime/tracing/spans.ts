import {
  type Attributes,
  type Context,
  context as contexts,
  type Span,
  type SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { SourceError } from '@passerelle/sync';

/** What a span is called and tells: names and ids only, no values and no parameters. */
export interface SpanTold {
  name: string;
  kind: SpanKind;
  attributes: Attributes;
}

const tracer = trace.getTracer('passerelle');

/**
 * Does something within a span, which ends with it.
 * @param parent the span that is active, if not said otherwise
 */
export async function inSpan<Result>(
  { name, ...options }: SpanTold,
  work: (span: Span) => Promise<Result>,
  parent: Context = contexts.active(),
): Promise<Result> {
  const span = tracer.startSpan(name, options, parent);
  try {
    return await contexts.with(trace.setSpan(parent, span), () => work(span));
  } catch (error) {
    span.setAttribute('error.type', kindOf(error));
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}

/** What sort of failure it was; its message may quote what it was about. */
export function kindOf(error: unknown): string {
  if (error instanceof SourceError) return error.overload ?? error.kind;
  const { kind, problem } = error as { kind?: unknown; problem?: unknown };
  for (const told of [problem, kind]) if (typeof told === 'string') return told;
  return error instanceof Error ? error.name : 'unknown';
}
