import { propagation, ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import type { ApiDeps } from '@passerelle/api';
import { inSpan } from './spans.js';

/**
 * A span for each request, within the trace of whoever asks. Of what they send along
 * only the ids of that trace are taken.
 */
export const traceRequest: NonNullable<ApiDeps['traceRequest']> = (
  { method, route, headers: { traceparent } },
  work,
) => {
  const attributes = { 'http.request.method': method, 'http.route': route };
  return inSpan(
    { name: `${method} ${route}`, kind: SpanKind.SERVER, attributes },
    async (span) => {
      const answer = await work();
      span.setAttribute('http.response.status_code', answer.status);
      return answer;
    },
    propagation.extract(ROOT_CONTEXT, typeof traceparent === 'string' ? { traceparent } : {}),
  );
};
