import { z } from 'zod';
import { PROBLEMS, type ProblemName, problemType } from './table.js';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** A problem document, with the members that some have. */
const problemJson = z
  .looseObject({
    type: z.string().regex(new RegExp(`^${problemType('' as ProblemName)}`)),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    requestId: z.string(),
    errors: z
      .array(z.strictObject({ path: z.string(), message: z.string() }))
      .optional()
      .describe('What is not as expected, by its place: `query.limit`, `body.reason`.'),
  })
  .meta({ id: 'Problem' });

/** The answers of a route that are problems, by status, for the OpenAPI document. */
export function problemAnswers(names: readonly ProblemName[]): Record<number, unknown> {
  const byStatus = new Map<number, ProblemName[]>();
  for (const name of names) {
    const { status } = PROBLEMS[name];
    byStatus.set(status, [...(byStatus.get(status) ?? []), name]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, those]) => [
      status,
      {
        description: those
          .map(
            (name) => `\`${problemType(name)}\`: ${PROBLEMS[name].title} ${PROBLEMS[name].advice}`,
          )
          .join('\n\n'),
        content: { [PROBLEM_MEDIA_TYPE]: { schema: problemJson } },
      },
    ]),
  );
}
