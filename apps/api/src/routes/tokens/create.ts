import { CAPABILITIES } from '@passerelle/roster';
import { createToken as create, newTokenJson, toTokenJson } from '@passerelle/sync';
import { z } from 'zod';
import { invalidField } from '../../problems/invalid-field.js';
import { ProblemError } from '../../problems/problem-error.js';
import { code, instant, reason, text } from '../../schemas/fields.js';
import { endpoint } from '../../table/endpoint.js';
import { callerOf } from '../caller-of.js';

const MOST_SITES = 1_000;

const body = z.strictObject({
  name: text(100).describe('What it is for.'),
  capabilities: z.array(z.enum(CAPABILITIES)).min(1).max(CAPABILITIES.length),
  sites: z.array(code).max(MOST_SITES).default([]).describe('None: everywhere.'),
  expiresAt: instant.nullish().describe('Left out or null: until it is revoked.'),
  reason: reason.optional(),
});

/** Makes a token. */
export const createToken = endpoint({
  summary: 'Make a token for a program',
  description:
    'Its secret is told here and never again. It can do no more than its maker, now and later: what its maker loses, it loses at once.',
  body,
  answers: { 201: newTokenJson },
  problems: ['beyond-own-rights'],
  handle: async ({ body: asked }, scope) => {
    const { grants, tokens, sync } = scope.deps;
    const { name, capabilities, sites: siteCodes, expiresAt } = asked;
    const result = await create(
      { grants, tokens, now: sync.now },
      { name, capabilities, siteCodes, expiresAt: expiresAt ?? null },
      callerOf(scope),
      scope.author(asked.reason),
    );
    switch (result.outcome) {
      case 'done':
        return {
          status: 201 as const,
          body: { ...toTokenJson(result.token), secret: result.secret },
        };
      case 'past_end':
        throw invalidField('body.expiresAt', 'expected a moment to come');
      case 'unknown_site':
        throw invalidField('body.sites', 'there is no site with one of these codes');
      case 'beyond_reach': {
        const { capability } = result;
        throw new ProblemError('beyond-own-rights', { members: { capability } });
      }
    }
  },
});
