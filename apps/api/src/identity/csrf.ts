import type { FastifyRequest } from 'fastify';
import { ProblemError } from '../problems/problem-error.js';
import { isSameText } from './session-use.js';

/** Whether a request may change anything. */
export function isChange({ method }: Pick<FastifyRequest, 'method'>): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

/**
 * Refuses a change that a page of another origin asks for; browsers say where it
 * comes from.
 * @throws ProblemError
 */
export function refuseForeignOrigin(
  { headers }: Pick<FastifyRequest, 'headers'>,
  publicUrl: string | undefined,
): void {
  const { origin, host = '' } = headers;
  if (origin === undefined) return;
  // Where no proxy stands in between browsers come by http, and the name was checked before.
  const ours = publicUrl === undefined ? `http://${host}` : new URL(publicUrl).origin;
  if (origin !== ours) throw new ProblemError('csrf-token');
}

/**
 * Refuses a change with a session's cookie but without its token, which a page of
 * ours alone knows.
 * @throws ProblemError
 */
export function refuseForged({ headers }: Pick<FastifyRequest, 'headers'>, token: string): void {
  const sent = headers['x-csrf-token'];
  if (typeof sent !== 'string' || !isSameText(sent, token)) throw new ProblemError('csrf-token');
}
