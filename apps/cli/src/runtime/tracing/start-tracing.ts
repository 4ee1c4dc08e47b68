import { SpanKind } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
  ParentBasedSampler,
  SamplingDecision,
} from '@opentelemetry/sdk-trace-node';
import { openQueueTelemetry, type QueueTelemetry } from '@passerelle/queue';
import { traceDatabase } from './trace-database.js';
import { traceGate } from './trace-gate.js';
import { traceRequest } from './trace-request.js';

/** Spans of what this process does, sent to a collector. */
export interface Tracing {
  queue: QueueTelemetry;
  traceGate: typeof traceGate;
  traceDatabase: typeof traceDatabase;
  traceRequest: typeof traceRequest;
  /** Sends what is left. */
  stop(): Promise<void>;
}

const SEND_MS = 3_000;

/** @param endpoint of a collector that takes OTLP over HTTP */
export async function startTracing(endpoint: string, version: string): Promise<Tracing> {
  const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: SEND_MS });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'passerelle', 'service.version': version }),
    sampler: new ParentBasedSampler({ root: { shouldSample, toString: () => 'beginnings' } }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  // No baggage: what somebody sends with a request would end up in the payloads of jobs.
  provider.register({ propagator: new W3CTraceContextPropagator() });
  return {
    ...{ queue: await openQueueTelemetry(), traceGate, traceDatabase, traceRequest },
    stop: () => provider.shutdown(),
  };
}

/** A trace begins with a request, a job, or what is put on the queue; not with each look for work. */
function shouldSample(
  _context: unknown,
  _traceId: string,
  name: string,
  kind: SpanKind,
): { decision: SamplingDecision } {
  const begins = kind === SpanKind.SERVER || /^(process|add)/.test(name);
  return { decision: begins ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD };
}
