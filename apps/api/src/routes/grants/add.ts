import { CAPABILITIES } from '@passerelle/roster';
import { giveGrant, type GiveOutcome, grantJson, toGrantJson } from '@passerelle/sync';
import { z } from 'zod';
import { invalidField } from '../../problems/invalid-field.js';
import { ProblemError } from '../../problems/problem-error.js';
import { code, instant, personReference, reason } from '../../schemas/fields.js';
import { endpoint } from '../../table/endpoint.js';
import { callerOf } from '../caller-of.js';
import { findPersonId } from './find-person-id.js';

const body = z.strictObject({
  user: personReference.describe('`teacher:7`'),
  capability: z.enum(CAPABILITIES),
  site: code.nullish().describe('Left out or null: everywhere.'),
  expiresAt: instant.nullish().describe('Left out or null: without an end.'),
  reason: reason.describe('Kept in the audit: say no name in it.'),
});

/** Gives a right, or changes until when it holds. */
export const addGrant = endpoint({
  summary: 'Let somebody do something',
  description:
    'Nobody gives what they do not hold themselves, there and as long. Given again, a right keeps its id and gets the new reason and end.',
  body,
  answers: { 201: grantJson },
  problems: ['beyond-own-rights', 'user-suspended', 'last-grantor'],
  handle: async ({ body: { user, capability, site, expiresAt, reason: why } }, scope) => {
    const { deps } = scope;
    const userId = await findPersonId(scope, user);
    if (userId === null) throw invalidField('body.user', 'there is nobody such');
    const result = await giveGrant(
      { grants: deps.grants, tokens: deps.tokens, now: deps.sync.now },
      { userId, capability, siteCode: site ?? null, expiresAt: expiresAt ?? null },
      callerOf(scope),
      scope.author(why),
    );
    if (result.outcome !== 'done') throw refusal(result.outcome);
    return { status: 201 as const, body: toGrantJson(result.grant) };
  },
});

function refusal(outcome: Exclude<GiveOutcome['outcome'], 'done'>): ProblemError {
  switch (outcome) {
    case 'beyond_reach':
      return new ProblemError('beyond-own-rights');
    case 'suspended_user':
      return new ProblemError('user-suspended');
    case 'last_holder':
      return new ProblemError('last-grantor');
    case 'unknown_site':
      return invalidField('body.site', 'there is no such site');
    case 'past_end':
      return invalidField('body.expiresAt', 'expected a moment to come');
    case 'unknown_user':
    case 'unknown_grant':
      return invalidField('body.user', 'there is nobody such');
  }
}
