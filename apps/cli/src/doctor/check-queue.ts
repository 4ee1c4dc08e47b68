import type { Context } from '../context.js';
import { type Finding, fine } from './finding.js';

/** Whether the queue answers, and what waits in it. */
export async function checkQueue(context: Context): Promise<Finding[]> {
  const { backend } = await context.queueOptions();
  const queue = await context.queue();
  await queue.ping();
  const { runs, fetch } = await queue.counts();
  const waiting = runs.waiting + runs.delayed + fetch.waiting + fetch.delayed;
  const kind = backend.kind === 'redis' ? 'Redis' : 'PostgreSQL';
  return [
    fine(
      'queue',
      `The queue on ${kind} answers: ${waiting} jobs wait, ${runs.active + fetch.active} are at work.`,
    ),
  ];
}
