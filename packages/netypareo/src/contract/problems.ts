import type { z } from 'zod';
import type { ContractProblem } from './rules.js';
import { didYouMean } from './suggest.js';

type Issue = z.core.$ZodIssue;

/** zod's issues as sentences that say what was expected, one problem each. */
export function describeIssues(issues: readonly Issue[], schema: z.ZodType): ContractProblem[] {
  return issues.flatMap((issue) => describe(issue, [], schema));
}

function describe(issue: Issue, prefix: (string | number)[], schema: z.ZodType): ContractProblem[] {
  const path = [
    ...prefix,
    ...issue.path.map((key) => (typeof key === 'number' ? key : String(key))),
  ];
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(schema, path);
      const expected = known.length > 0 ? `; expected one of ${known.join(', ')}.` : '.';
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: `unknown key "${key}"${expected}${didYouMean(key, known)}`,
      }));
    }
    case 'invalid_union': {
      const branch = likeliestBranch(issue.errors);
      return branch === undefined
        ? [{ path, message: unionMessage(issue, path) }]
        : branch.flatMap((inner) => describe(inner, path, schema));
    }
    case 'invalid_type':
      return [
        {
          path,
          message:
            issue.input === undefined && /undefined/.test(issue.message)
              ? missing(path)
              : `expected ${typeName(issue.expected)}`,
        },
      ];
    case 'invalid_value':
      return [{ path, message: `expected ${issue.values.map(String).join(' or ')}` }];
    default:
      return [{ path, message: issue.message }];
  }
}

function missing(path: readonly (string | number)[]): string {
  return path[0] === 'readings' && path.length === 2
    ? 'missing; write "none" if the server has no such list'
    : 'missing';
}

function unionMessage(
  issue: z.core.$ZodIssueInvalidUnion,
  path: readonly (string | number)[],
): string {
  const options = 'options' in issue ? issue.options : undefined;
  if (options !== undefined) return `expected one of ${options.map(String).join(', ')}`;
  if (
    issue.input === undefined &&
    issue.errors.flat().every((inner) => /undefined|expected "none"/.test(inner.message))
  ) {
    return missing(path);
  }
  const expected = new Set(issue.errors.flat().flatMap(expectation));
  return `expected ${[...expected].join(' or ')}`;
}

function expectation(issue: Issue): string[] {
  if (issue.code === 'invalid_type') {
    return [typeName(issue.expected)];
  }
  if (issue.code === 'invalid_value') return issue.values.map((value) => `"${String(value)}"`);
  if (issue.code === 'invalid_union') return issue.errors.flat().flatMap(expectation);
  return [issue.message];
}

function typeName(expected: string): string {
  if (expected === 'object' || expected === 'record') return 'a group of keys';
  return expected === 'array' ? 'a list' : expected === 'int' ? 'a whole number' : `a ${expected}`;
}

/** Of a union's branches the one whose shape was meant: its problems lie inside. */
function likeliestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return branches.find((issues) =>
    issues.every((issue) => issue.path.length > 0 || issue.code === 'unrecognized_keys'),
  );
}

/** The keys that the schema knows at a path, walking through unions and optionals. */
function keysAt(schema: z.ZodType, path: readonly (string | number)[]): string[] {
  let candidates: z.ZodType[] = expand(schema);
  for (const key of path) {
    candidates = candidates.flatMap((candidate) => {
      const { def } = candidate._zod as unknown as { def: Definition };
      const next = def.shape?.[String(key)] ?? (def.type === 'array' ? def.element : undefined);
      return next === undefined ? [] : expand(next);
    });
  }
  const keys = candidates.flatMap((candidate) => {
    const { def } = candidate._zod as unknown as { def: Definition };
    return Object.keys(def.shape ?? {});
  });
  return [...new Set(keys)];
}

interface Definition {
  type: string;
  shape?: Record<string, z.ZodType>;
  options?: z.ZodType[];
  innerType?: z.ZodType;
  element?: z.ZodType;
}

function expand(schema: z.ZodType): z.ZodType[] {
  const { def } = schema._zod as unknown as { def: Definition };
  if (def.options !== undefined) return def.options.flatMap(expand);
  if (def.innerType !== undefined) return expand(def.innerType);
  return [schema];
}
