import { PROBLEMS, type ProblemName, problemType } from './table.js';

/** What a problem says beside its type. */
export interface ProblemMore {
  /** A sentence on this case, without anything personal; by default the advice of the table. */
  detail?: string;
  /** Further members of the document. */
  members?: Readonly<Record<string, unknown>>;
  headers?: Readonly<Record<string, string>>;
}

/** Thrown wherever a request cannot be answered; becomes a problem document. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: ProblemName;
  readonly more: ProblemMore;

  constructor(problem: ProblemName, more: ProblemMore = {}) {
    super(more.detail ?? PROBLEMS[problem].title);
    this.problem = problem;
    this.more = more;
  }
}

/** A problem as RFC 9457 (section 3) has it. */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  requestId: string;
  [member: string]: unknown;
}

/** The document of a problem. */
export function toProblemDocument(
  { problem, more }: ProblemError,
  requestId: string,
): ProblemDocument {
  const { status, title, advice } = PROBLEMS[problem];
  const detail = more.detail === undefined ? advice : `${more.detail} ${advice}`;
  return { type: problemType(problem), title, status, detail, requestId, ...more.members };
}
