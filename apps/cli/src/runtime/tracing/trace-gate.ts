import { SpanKind } from '@opentelemetry/api';
import type { SourceGate } from '@passerelle/sync';
import { inSpan, kindOf } from './spans.js';

/** A span for each call to the source, with how it went; its wait for a permit is not part of it. */
export function traceGate(gate: SourceGate): SourceGate {
  return {
    pass: (call, work, signal, bytesOf) => {
      const attributes = {
        ...{ 'passerelle.operation': call.operation, 'passerelle.purpose': call.purpose },
        ...(call.siteCode === null ? {} : { 'passerelle.site': call.siteCode }),
      };
      const told = { name: `SOAP ${call.operation}`, kind: SpanKind.CLIENT, attributes };
      const traced: typeof work = (stop) =>
        inSpan(told, async (span) => {
          try {
            const result = await work(stop);
            span.setAttribute('passerelle.outcome', 'ok');
            return result;
          } catch (error) {
            span.setAttribute('passerelle.outcome', kindOf(error));
            throw error;
          }
        });
      return gate.pass(call, traced, signal, bytesOf);
    },
  };
}
