import type { FastifyError } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { ApiDeps } from '../deps.js';
import { ProblemError } from './problem-error.js';
import type { ProblemName } from './table.js';

/** How long to wait for a database that is out of reach. */
const REGISTRY_RETRY_SECONDS = 5;

/** What to answer for anything that was thrown; what nobody foresaw is `unexpected`. */
export function explainError(error: unknown, faultOf: ApiDeps['faultOf']): ProblemError {
  if (error instanceof ProblemError) return error;
  if (hasZodFastifySchemaValidationErrors(error)) return explainValidation(error);
  const fault = faultOf(error);
  if (fault === 'invalid_cursor') return new ProblemError('invalid-cursor');
  if (fault === 'unreachable') {
    return new ProblemError('registry-unreachable', {
      headers: { 'retry-after': String(REGISTRY_RETRY_SECONDS) },
    });
  }
  return new ProblemError(problemOfFramework(error) ?? 'unexpected');
}

type ValidationError = Pick<FastifyError, 'validationContext'> & {
  validation: readonly { instancePath: string; message?: string; params?: unknown }[];
};

/** Names each place; values are not repeated, since they may be personal. */
function explainValidation({ validation, validationContext }: ValidationError): ProblemError {
  const part = validationContext === 'querystring' ? 'query' : (validationContext ?? 'request');
  const errors = validation.flatMap((issue) => {
    const path = [part, ...issue.instancePath.split('/').filter((step) => step !== '')].join('.');
    const unknown = unknownKeys(issue.params);
    if (unknown.length === 0) return [{ path, message: issue.message ?? 'not as expected' }];
    return unknown.map((key) => ({ path: `${path}.${key}`, message: 'there is no such field' }));
  });
  return new ProblemError('invalid-request', { members: { errors } });
}

const LONGEST_KEY = 64;

function unknownKeys(params: unknown): string[] {
  if (typeof params !== 'object' || params === null || !('keys' in params)) return [];
  const { keys } = params;
  return Array.isArray(keys) ? keys.map((key) => String(key).slice(0, LONGEST_KEY)) : [];
}

const BY_CODE: Readonly<Record<string, ProblemName>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed-body',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed-body',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'malformed-body',
  FST_ERR_HANDLER_TIMEOUT: 'too-slow',
  FST_ERR_BAD_URL: 'invalid-request',
  FST_ERR_NOT_FOUND: 'not-found',
};

/** Fastify's own errors; whatever else it blames on the caller is an invalid request. */
function problemOfFramework(error: unknown): ProblemName | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, statusCode } = error as Partial<FastifyError>;
  const known = code === undefined ? undefined : BY_CODE[code];
  if (known !== undefined) return known;
  // A body with a key like __proto__ is refused by the JSON parser.
  if (error instanceof SyntaxError && statusCode === 400) return 'malformed-body';
  const isTheirs = statusCode !== undefined && statusCode >= 400 && statusCode < 500;
  return isTheirs ? 'invalid-request' : undefined;
}
