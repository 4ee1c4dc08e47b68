import type { FastifyReply, FastifyRequest } from 'fastify';
import { PROBLEM_MEDIA_TYPE } from './problem-json.js';
import { type ProblemError, toProblemDocument } from './problem-error.js';
import { PROBLEMS } from './table.js';

/** Answers with a problem document. */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  error: ProblemError,
): FastifyReply {
  return reply
    .code(PROBLEMS[error.problem].status)
    .headers(error.more.headers ?? {})
    .type(PROBLEM_MEDIA_TYPE)
    .serializer(JSON.stringify)
    .send(toProblemDocument(error, request.id));
}
