import { type FieldSpec, READINGS, SOURCE_FIELDS } from '@passerelle/roster';
import { compileDateFormat } from './date-format.js';
import type { Contract, FieldMapping, ReadingContract } from './schema.js';
import {
  CREDENTIAL_PLACEHOLDERS,
  checkTemplate,
  LOGIN_PLACEHOLDERS,
  type ParameterTemplate,
  placeholdersIn,
  READING_PLACEHOLDERS,
  requiredPlaceholdersIn,
  SESSION_PLACEHOLDERS,
  textsOf,
} from './template.js';

/** Something wrong at one place of the file. */
export interface ContractProblem {
  path: (string | number)[];
  message: string;
}

/** Rules that the shape alone cannot say. */
export function checkRules(contract: Contract): ContractProblem[] {
  const problems: ContractProblem[] = [];
  const report = (path: (string | number)[], message: string) => problems.push({ path, message });
  checkSignIn(contract, report);
  checkPatterns(contract.faults ?? [], ['faults'], report);
  checkLogin(contract, report);
  for (const name of READINGS) {
    const reading = contract.readings[name];
    if (reading === 'none') continue;
    const at = ['readings', name];
    checkParameters(reading, at, report);
    checkFields(reading.fields, SOURCE_FIELDS[name].fields, [...at, 'fields'], report);
    for (const [list, mapping] of Object.entries(reading.lists ?? {})) {
      const specs = SOURCE_FIELDS[name].lists[list];
      if (mapping === undefined || specs === undefined) continue;
      checkFields(mapping.fields, specs, [...at, 'lists', list, 'fields'], report);
    }
  }
  return problems;
}

type Report = (path: (string | number)[], message: string) => void;

function checkSignIn({ signIn }: Contract, report: Report): void {
  const check = (
    texts: Record<string, ParameterTemplate>,
    at: string,
    allowed: readonly string[],
  ) => checkTemplates(texts, ['signIn', at], allowed, report);
  if (signIn.method === 'parameter')
    check(signIn.parameters, 'parameters', CREDENTIAL_PLACEHOLDERS);
  if (signIn.method === 'header') check(signIn.headers, 'headers', CREDENTIAL_PLACEHOLDERS);
  if (signIn.method === 'operation') {
    check(signIn.parameters ?? {}, 'parameters', CREDENTIAL_PLACEHOLDERS);
    if ('header' in signIn.passOn && signIn.passOn.value !== undefined) {
      check({ value: signIn.passOn.value }, 'passOn', SESSION_PLACEHOLDERS);
    }
  }
}

function checkLogin({ login }: Contract, report: Report): void {
  if (login === 'none') return;
  checkTemplates(login.parameters, ['login', 'parameters'], LOGIN_PLACEHOLDERS, report);
  const used = placeholdersIn(login.parameters);
  for (const name of LOGIN_PLACEHOLDERS) {
    if (!used.includes(name)) report(['login', 'parameters'], `no parameter holds {{${name}}}`);
  }
  checkPatterns(login.faults ?? [], ['login', 'faults'], report);
}

function checkPatterns(
  rules: readonly { code?: string | undefined; text?: string | undefined }[],
  at: string[],
  report: Report,
): void {
  rules.forEach((rule, index) => {
    for (const key of ['code', 'text'] as const) {
      try {
        new RegExp(rule[key] ?? '', 'iu');
      } catch (error) {
        report([...at, index, key], `not a regular expression: ${(error as Error).message}`);
      }
    }
  });
}

function checkParameters(reading: ReadingContract, at: string[], report: Report): void {
  const parameters = reading.parameters ?? {};
  checkTemplates(parameters, [...at, 'parameters'], READING_PLACEHOLDERS, report);
  const used = placeholdersIn(parameters);
  const mustUse = (prefix: string, key: string, why: string) => {
    if (!used.some((name) => name.startsWith(prefix))) {
      report(
        [...at, key],
        `${why}, but no parameter holds {{${prefix}${prefix.endsWith('.') ? '…' : ''}}}`,
      );
    }
  };
  for (const dimension of reading.split ?? []) {
    mustUse(`${dimension}.`, 'split', `one call for each ${dimension}`);
  }
  if (reading.finest)
    mustUse(`${reading.finest}.`, 'finest', `the smallest piece is a ${reading.finest}`);
  if (reading.page) {
    mustUse('page.offset', 'page', 'the answer comes in pages');
    checkPage(reading.page, parameters, [...at, 'page'], mustUse, report);
  }
}

function checkPage(
  page: NonNullable<ReadingContract['page']>,
  parameters: Record<string, ParameterTemplate>,
  at: string[],
  mustUse: (prefix: string, key: string, why: string) => void,
  report: Report,
): void {
  if (page.minimum !== undefined && page.minimum > page.limit) {
    report([...at, 'minimum'], `the smallest page is longer than the usual one (${page.limit})`);
  }
  if (!page.whenNeeded) return;
  mustUse('page.limit', 'page', 'pages are asked for when needed');
  // Sent empty they could mean a page of no records.
  for (const name of requiredPlaceholdersIn(parameters)) {
    if (!name.startsWith('page.')) continue;
    report([...at, 'whenNeeded'], `the whole list is asked for without pages: write {{${name}?}}`);
  }
}

function checkFields(
  fields: Record<string, FieldMapping | undefined>,
  specs: Readonly<Record<string, FieldSpec>>,
  at: string[],
  report: Report,
): void {
  for (const [name, mapping] of Object.entries(fields)) {
    if (typeof mapping !== 'object' || Array.isArray(mapping)) continue;
    const here = [...at, name];
    if ((mapping.path === undefined) === (mapping.value === undefined)) {
      report(here, 'expected either a path or a value');
    }
    if (mapping.format !== undefined) checkFormat(mapping.format, [...here, 'format'], report);
    if (mapping.otherwise !== undefined && mapping.values === undefined) {
      report([...here, 'otherwise'], 'means something only beside values');
    }
    if (specs[name]?.required && mapping.mayBeEmpty && mapping.default === undefined) {
      report([...here, 'mayBeEmpty'], `Passerelle cannot do without ${name}; give it a default`);
    }
    checkType(mapping.type, specs[name], here, report);
  }
}

function checkType(
  type: string | undefined,
  spec: FieldSpec | undefined,
  at: string[],
  report: Report,
): void {
  if (type === undefined || spec === undefined || type === spec.type) return;
  if (spec.type === 'text') return;
  if (spec.type === 'date' && type === 'datetime') return;
  report([...at, 'type'], `this field is of type ${spec.type}; leave type away`);
}

function checkFormat(format: string, at: string[], report: Report): void {
  try {
    compileDateFormat(format);
  } catch (error) {
    report(at, (error as Error).message);
  }
}

function checkTemplates(
  templates: Record<string, ParameterTemplate>,
  at: string[],
  allowed: readonly string[],
  report: Report,
): void {
  for (const [name, template] of Object.entries(templates)) {
    for (const text of textsOf(template)) {
      for (const message of checkTemplate(text, allowed)) report([...at, name], message);
    }
  }
}
