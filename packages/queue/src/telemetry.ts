import type { Telemetry } from 'bullmq';

/** Makes spans of what is put on the queue and taken from it, and carries the trace from one to the other. */
export type QueueTelemetry = Telemetry;

/**
 * Spans of the queue, by the OpenTelemetry that this process has set up. A job then
 * carries the ids of its trace, and nothing else: what else is carried is up to the
 * propagator that was set up. Loaded only where it is wanted.
 */
export async function openQueueTelemetry(): Promise<QueueTelemetry> {
  const { BullMQOtel } = await import('bullmq-otel');
  return new BullMQOtel({ tracerName: 'passerelle-queue' });
}
