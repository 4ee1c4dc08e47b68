import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import { describeIssues } from './problems.js';
import { type ContractProblem, checkRules } from './rules.js';
import { type Contract, contractSchema } from './schema.js';

/** The contract that comes with Passerelle. */
export const BUILT_IN_CONTRACT = fileURLToPath(
  new URL('../../contracts/netypareo.yaml', import.meta.url),
);

/** A contract file that cannot be used; the message lists every problem, one a line. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
  readonly retryable = false;
  readonly file: string;
  readonly problems: readonly string[];

  constructor(file: string, problems: readonly string[], options?: { cause: unknown }) {
    super([`The contract cannot be used:`, ...problems].join('\n  '), options);
    this.file = file;
    this.problems = problems;
  }
}

/**
 * Reads and validates a contract.
 * @param file path of a YAML file; undefined for the built-in contract
 * @throws ContractError with file, line, path and expectation of all problems at once
 */
export async function loadContract(file: string | undefined): Promise<Contract> {
  const name = file ?? BUILT_IN_CONTRACT;
  let text: string;
  try {
    text = await readFile(name, 'utf8');
  } catch (cause) {
    const reason =
      (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : String(cause);
    throw new ContractError(name, [`${name}: ${reason}`], { cause });
  }
  return parseContract(text, name);
}

/**
 * Validates the text of a contract.
 * @param name how messages call the file
 * @throws ContractError
 */
export function parseContract(text: string, name: string): Contract {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true });
  if (document.errors.length > 0) {
    throw new ContractError(
      name,
      document.errors.map(
        (error) => `${name}:${error.linePos?.[0].line ?? 1}: ${firstLine(error.message)}`,
      ),
    );
  }
  const parsed = contractSchema.safeParse(document.toJS({ maxAliasCount: 1000 }));
  const problems = parsed.success
    ? checkRules(parsed.data as Contract)
    : describeIssues(parsed.error.issues, contractSchema);
  if (problems.length > 0) {
    throw new ContractError(
      name,
      problems.map((problem) => locate(problem, document, lines, name)),
    );
  }
  return parsed.data as Contract;
}

function locate(
  { path, message }: ContractProblem,
  document: Document,
  lines: LineCounter,
  name: string,
): string {
  const line = lineOf(path, document, lines);
  const where = path.length === 0 ? '' : `${path.join('.')}: `;
  return `${name}${line === undefined ? '' : `:${line}`}: ${where}${message}`;
}

/** The line of the deepest part of the path that the file has. */
function lineOf(
  path: readonly (string | number)[],
  document: Document,
  lines: LineCounter,
): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return undefined;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] as string;
}
