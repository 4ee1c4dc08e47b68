import { reaches, type TaskName, type UserKind } from '@passerelle/roster';
import { type RequestOutcome, requestRun, taskOfUser } from '@passerelle/sync';
import { z } from 'zod';
import { notFound } from '../../problems/not-found.js';
import { ProblemError } from '../../problems/problem-error.js';
import { code, personReference, reason } from '../../schemas/fields.js';
import { endpoint } from '../../table/endpoint.js';
import type { Scope } from '../../table/scope.js';
import { makeUserRun, withPatientQueue } from '../runs/make-run.js';
import { answerWithRun, runAnswers, runProblems } from '../runs/run-answer.js';
import { taskParams } from './task-json.js';

const body = z
  .strictObject({
    dryRun: z.boolean().default(false).describe('Only shows what a run would do.'),
    site: code.optional().describe('Only this site; nobody is suspended then.'),
    user: personReference.optional().describe('Only this person, at once.'),
    join: z.boolean().default(true).describe('Whether a run that waits already will do.'),
    reason: reason.optional(),
  })
  .refine(({ user, site, dryRun }) => user === undefined || (site === undefined && !dryRun), {
    ...{ path: ['user'], error: 'one person is read alone: neither site nor dryRun goes with it' },
  });
type Body = z.output<typeof body>;

/** Runs a task. */
export const runTask = endpoint({
  summary: 'Run a task now',
  description:
    'A caller who may do so for a site only must name it. A task is run once at a time: ' +
    'a request joins the same run that waits, or is told which is under way.',
  params: taskParams,
  body,
  answers: runAnswers,
  problems: ['not-found', ...runProblems],
  idempotent: true,
  handle: async ({ params, body: asked }, scope) => {
    const outcome =
      asked.user === undefined
        ? await requestWhole(scope, params.task, asked)
        : await requestOne(scope, params.task, { ...asked, user: asked.user });
    return answerWithRun(outcome);
  },
});

async function requestWhole(
  scope: Scope,
  task: TaskName,
  { site, dryRun, join, reason: why }: Body,
): Promise<RequestOutcome> {
  const { reach, requestKey } = scope;
  if (site === undefined && reach !== 'everywhere') {
    throw new ProblemError('not-allowed', {
      detail: 'Your right holds for some sites only: name one of them in `site`.',
      members: { capability: 'auth/netypareo:sync', where: 'everywhere' },
    });
  }
  if (site !== undefined) await requireSite(scope, site);
  return requestRun(withPatientQueue(scope), {
    ...{ task, trigger: 'api', requestedBy: scope.author().by, dryRun, join },
    author: scope.author(why ?? null),
    ...(site === undefined ? {} : { siteCode: site }),
    ...(requestKey === null ? {} : { key: requestKey }),
  });
}

async function requireSite({ deps, reach }: Scope, site: string): Promise<void> {
  const { siteCodes } = await deps.sync.registry.planningData();
  if (!reaches(reach, site) || !siteCodes.includes(site))
    throw notFound(`There is no site ${site}.`);
}

async function requestOne(
  scope: Scope,
  task: TaskName,
  { user: person, reason: why }: Body & { user: { kind: UserKind; code: string } },
): Promise<RequestOutcome> {
  if (taskOfUser(person.kind) !== task) {
    const message = `people of this kind are read by ${taskOfUser(person.kind)}`;
    const errors = [{ path: 'body.user', message }];
    throw new ProblemError('invalid-request', { members: { errors } });
  }
  const { kind, code: codeOrLogin } = person;
  const seen = await scope.deps.users.findUsers({ kind, codeOrLogin, reach: scope.reach });
  if (seen.length === 0) throw notFound('There is no such person.');
  return makeUserRun(scope, person, { trigger: 'api', author: scope.author(why ?? null) });
}
