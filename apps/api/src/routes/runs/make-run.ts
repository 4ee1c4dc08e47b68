import {
  type PersonReference,
  type RequestOutcome,
  requestUserRun,
  carryOutUserRun,
  type SyncContext,
  type SyncUserRequest,
} from '@passerelle/sync';
import { notFound } from '../../problems/not-found.js';
import type { Scope } from '../../table/scope.js';

/**
 * The context of use cases that put a run on the queue. Once it is written down a run
 * is there: should the queue be out of reach, housekeeping puts it there later.
 */
export function withPatientQueue({ deps }: Pick<Scope, 'deps'>): SyncContext {
  const { sync } = deps;
  return {
    ...sync,
    queue: {
      ...sync.queue,
      enqueueRun: async (runId, count) => {
        await sync.queue.enqueueRun(runId, count).catch((error: unknown) => {
          if (deps.faultOf(error) !== 'unreachable') throw error;
          sync.log.warn({ runId }, 'the queue is out of reach; housekeeping enqueues the run');
        });
      },
    },
  };
}

/**
 * Requests a run of one person, which this process carries out after the answer.
 * @throws ProblemError where there is no such person
 */
export async function makeUserRun(
  scope: Scope,
  person: PersonReference,
  request: Pick<SyncUserRequest, 'trigger' | 'retryOfId' | 'author'>,
): Promise<RequestOutcome> {
  const { deps, requestKey } = scope;
  const asked = await requestUserRun(deps.sync, {
    ...{ ...request, person, requestedBy: scope.author().by },
    ...(requestKey === null ? {} : { key: requestKey }),
  });
  if (asked.outcome === 'unknown') throw notFound('The person is not in the registry.');
  if (asked.outcome === 'created') {
    const { run, place } = asked;
    scope.inBackground((signal) => carryOutUserRun(deps.sync, run, place, signal));
  }
  return asked;
}
