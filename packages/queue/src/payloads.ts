import { QueueError } from './errors.js';
import { JOBS, type JobName, type JobPayload } from './jobs.js';

/**
 * A job's payload, checked when it is enqueued and again when it is handled.
 *
 * @throws QueueError that names the fields at fault, never their values
 */
export function parsePayload<Name extends JobName>(name: Name, data: unknown): JobPayload<Name> {
  const parsed = JOBS[name].payload.safeParse(data);
  if (parsed.success) return parsed.data as JobPayload<Name>;
  const faults = parsed.error.issues.map(
    (issue) => `${issue.path.join('.') || 'payload'} (${issue.code})`,
  );
  throw new QueueError(
    `The payload of a ${name} job is not what this version expects: ${faults.join(', ')}. ` +
      'Let all processes run the same version of Passerelle, then run the task again.',
    { retryable: false },
  );
}
