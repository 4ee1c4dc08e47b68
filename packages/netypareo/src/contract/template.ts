import { compileDateFormat } from './date-format.js';
import { didYouMean } from './suggest.js';

/** Values for placeholders, by name (`period.code`); absent and null are empty. */
export type TemplateValues = Readonly<Record<string, string | null | undefined>>;

/** What an operation's parameters may refer to. */
export const READING_PLACEHOLDERS = [
  'period.code',
  'period.startsOn',
  'period.endsOn',
  'site.code',
  'group.code',
  'page.offset',
  'page.limit',
  'today',
] as const;
export const LOGIN_PLACEHOLDERS = ['username', 'password'] as const;
export const SESSION_PLACEHOLDERS = ['session.token'] as const;
export const CREDENTIAL_PLACEHOLDERS = [
  'credentials.username',
  'credentials.password',
  'credentials.token',
] as const;

const PLACEHOLDER = /\{\{\s*([^{}|?]*?)\s*(\?)?\s*(?:\|\s*([^{}]*?)\s*)?\}\}/g;

/** What is wrong with a text with placeholders, as sentences; none if it is right. */
export function checkTemplate(text: string, allowed: readonly string[]): string[] {
  const problems: string[] = [];
  for (const { name, format } of placeholdersOf(text)) {
    if (!allowed.includes(name)) {
      problems.push(
        `unknown placeholder {{${name}}}; expected one of ${allowed.join(', ')}.${didYouMean(name, allowed)}`,
      );
    } else if (format !== undefined) {
      if (!isDatePlaceholder(name)) {
        problems.push(`{{${name} | ${format}}}: only dates can be given a format`);
      } else {
        try {
          compileDateFormat(format);
        } catch (error) {
          problems.push(`{{${name} | ${format}}}: ${(error as Error).message}`);
        }
      }
    }
  }
  if (/\{\{|\}\}/.test(text.replaceAll(PLACEHOLDER, ''))) {
    problems.push('a placeholder is not closed; expected {{name}} or {{name | JJ/MM/AAAA}}');
  }
  return problems;
}

/** The names of the placeholders of texts, and of structures of them. */
export function placeholdersIn(template: ParameterTemplate): string[] {
  return textsOf(template).flatMap((text) => placeholdersOf(text).map(({ name }) => name));
}

/** The names of those that must have a value: not marked `?`. */
export function requiredPlaceholdersIn(template: ParameterTemplate): string[] {
  return textsOf(template).flatMap((text) =>
    placeholdersOf(text).flatMap(({ name, isOptional }) => (isOptional ? [] : [name])),
  );
}

/** All texts of a structure. */
export function textsOf(template: ParameterTemplate): string[] {
  if (typeof template === 'string') return [template];
  if (typeof template !== 'object') return [];
  return Object.values(template).flatMap(textsOf);
}

/**
 * Puts values in place of `{{name}}`; a date without a format is written JJ/MM/AAAA.
 * @returns undefined if a placeholder marked `?` has no value: the parameter is then left out
 */
export function fillTemplate(text: string, values: TemplateValues): string | undefined {
  let isLeftOut = false;
  const filled = text.replaceAll(
    PLACEHOLDER,
    (_whole: string, name: string, optional: string | undefined, format: string | undefined) => {
      const value = values[name] ?? '';
      if (value === '' && optional !== undefined) isLeftOut = true;
      if (value === '' || !isDatePlaceholder(name)) return value;
      return compileDateFormat(format ?? 'JJ/MM/AAAA').write(value);
    },
  );
  return isLeftOut ? undefined : filled;
}

/** A parameter as the contract writes it: a text, or a structure of texts. */
export type ParameterTemplate =
  | string
  | number
  | boolean
  | ParameterTemplate[]
  | { [name: string]: ParameterTemplate };

/** A parameter ready for the envelope. */
export type ParameterValue = string | ParameterValue[] | { [name: string]: ParameterValue };

/** Fills a whole structure of parameters; those left out are gone. */
export function fillParameters(
  templates: Readonly<Record<string, ParameterTemplate>>,
  values: TemplateValues,
): Record<string, ParameterValue> {
  const filled: Record<string, ParameterValue> = {};
  for (const [name, template] of Object.entries(templates)) {
    const value = fillOne(template, values);
    if (value !== undefined) filled[name] = value;
  }
  return filled;
}

function fillOne(template: ParameterTemplate, values: TemplateValues): ParameterValue | undefined {
  if (typeof template === 'string') return fillTemplate(template, values);
  if (typeof template !== 'object') return String(template);
  if (Array.isArray(template)) {
    return template.flatMap((item) => {
      const value = fillOne(item, values);
      return value === undefined ? [] : [value];
    });
  }
  return fillParameters(template, values);
}

function placeholdersOf(
  text: string,
): { name: string; isOptional: boolean; format: string | undefined }[] {
  return [...text.matchAll(PLACEHOLDER)].map((match) => ({
    name: match[1] as string,
    isOptional: match[2] !== undefined,
    format: match[3],
  }));
}

function isDatePlaceholder(name: string): boolean {
  return name === 'today' || name.endsWith('sOn');
}
