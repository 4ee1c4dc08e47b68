import { READINGS } from '@passerelle/roster';
import type { Caller } from './caller.js';
import type { Contract, ReadingContract } from './contract/schema.js';
import { suggest } from './contract/suggest.js';
import { placeholdersIn } from './contract/template.js';
import type { OperationDescription } from './transport/soap-client.js';

/** What can be said of a source without reading anybody's data. */
export interface SourceCheck {
  operations: number;
  /** null where signing in is not a call of its own. */
  signedIn: boolean | null;
  /** Where the contract and the WSDL disagree, as sentences. */
  problems: string[];
}

/** @throws SourceError if the source does not hand out its WSDL now, or the sign-in fails */
export async function checkSource(
  caller: Caller,
  contract: Contract,
  signal: AbortSignal,
): Promise<SourceCheck> {
  const wsdl = await caller.soap(signal);
  if (wsdl.keptBecause !== null) throw wsdl.keptBecause;
  const operations = wsdl.operations();
  const isSession = contract.signIn.method === 'operation';
  if (isSession) await caller.signIn.sign({ purpose: 'onDemand', signal });
  return {
    operations: new Set(operations.map(({ operation }) => operation)).size,
    signedIn: isSession ? true : null,
    problems: usesOf(contract).flatMap((use) => compare(use, operations)),
  };
}

interface Use {
  at: string;
  operation: string;
  parameters: string[];
  /** Those of them that are sent only when the list is asked for in pages. */
  forPages: string[];
}

function usesOf({ readings, login, signIn }: Contract): Use[] {
  const use = (at: string, operation: string, parameters: object = {}): Use => ({
    at,
    operation,
    parameters: Object.keys(parameters),
    forPages: [],
  });
  return [
    ...(signIn.method === 'operation' ? [use('signIn', signIn.operation, signIn.parameters)] : []),
    ...(login === 'none' ? [] : [use('login', login.operation, login.parameters)]),
    ...READINGS.flatMap((name) => {
      const reading = readings[name];
      return reading === 'none'
        ? []
        : [
            {
              ...use(`readings.${name}`, reading.operation, reading.parameters),
              forPages: pageParameters(reading),
            },
          ];
    }),
  ];
}

function compare(use: Use, operations: readonly OperationDescription[]): string[] {
  const found = operations.filter(({ operation }) => operation === use.operation);
  if (found.length === 0) {
    const names = operations.map(({ operation }) => operation);
    return [`${use.at}: the WSDL has no operation ${use.operation}${hint(use.operation, names)}`];
  }
  const known = found.flatMap(({ input }) => parameterNames(input));
  // A WSDL may say nothing of its parameters; then there is nothing to compare.
  if (known.length === 0) return [];
  return use.parameters
    .filter((name) => !known.includes(name))
    .map((name) => {
      const why = use.forPages.includes(name)
        ? ', so it cannot be asked for in pages: take page and its parameters away'
        : '';
      return `${use.at}: ${use.operation} has no parameter ${name}${why}${hint(name, known)}`;
    });
}

function pageParameters({ page, parameters = {} }: ReadingContract): string[] {
  if (!page?.whenNeeded) return [];
  return Object.entries(parameters).flatMap(([name, template]) =>
    placeholdersIn(template).some((placeholder) => placeholder.startsWith('page.')) ? [name] : [],
  );
}

function hint(written: string, names: readonly string[]): string {
  const close = suggest(written, names);
  return close === undefined ? '' : `; did you mean ${close}?`;
}

/** node-soap describes a list as `name[]`, and adds the target namespace under names of its own. */
function parameterNames(input: unknown): string[] {
  if (typeof input !== 'object' || input === null) return [];
  return Object.keys(input)
    .filter((name) => !name.startsWith('targetN'))
    .map((name) => name.replace(/\[\]$/, ''));
}
