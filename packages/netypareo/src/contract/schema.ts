import {
  type FieldSpec,
  READINGS,
  type Reading,
  type ReadingSpec,
  SOURCE_FIELDS,
  SPLIT_DIMENSIONS,
} from '@passerelle/roster';
import { z } from 'zod';
import type { ParameterTemplate } from './template.js';

/**
 * The shape of a contract file. Descriptions end up in the JSON Schema and so in
 * the integrator's editor; docs/contract.md is the reference in prose. Rules that
 * span several keys are in `rules.ts`.
 */

const path = z
  .string()
  .min(1)
  .describe(
    'Names separated by dots, such as adresse.email. @key is the name or key under which a record stands, @value the text of a record that is a plain value.',
  );

const pattern = z
  .string()
  .min(1)
  .describe('A regular expression, upper and lower case alike; it may match anywhere in the text.');

const scalar = z.union([z.string(), z.number(), z.boolean()]);

const parameter: z.ZodType<ParameterTemplate> = z.lazy(() =>
  z.union([scalar, z.array(parameter), z.record(z.string(), parameter)]),
);
const parameters = z
  .record(z.string().min(1), parameter)
  .describe(
    'Parameters by name, in order. Texts may hold placeholders: {{period.code}}, {{period.startsOn | JJ/MM/AAAA}}, {{site.code}}, {{group.code}}, {{page.offset}}, {{page.limit}}, {{today}}. {{site.code?}} leaves the parameter out when there is no site.',
  );

const fieldMapping = z
  .strictObject({
    path: z
      .union([path, z.array(path).min(1)])
      .optional()
      .describe('Where the value is; of several paths the first that is not empty counts.'),
    value: scalar.optional().describe('A constant instead of a path.'),
    type: z
      .enum(['text', 'int', 'bool', 'date', 'datetime'])
      .optional()
      .describe('How to read the value; by default as the field needs it.'),
    format: z
      .string()
      .optional()
      .describe('For dates: JJ/MM/AAAA (the default), AAAA-MM-JJ, JJ/MM/AAAA[ HH:MM:SS] …'),
    default: scalar.optional().describe('Taken where the value is empty.'),
    values: z
      .record(z.string(), scalar)
      .optional()
      .describe("A code table: the source's value to the one to take."),
    otherwise: scalar.optional().describe('For values that the code table does not list.'),
    mayBeEmpty: z
      .boolean()
      .optional()
      .describe('false: a record in which it is empty is set aside.'),
  })
  .describe('How one field is read.');

const field = z.union([path, z.array(path).min(1), fieldMapping]);

const condition = z
  .strictObject({
    path,
    equals: scalar.optional(),
    oneOf: z.array(scalar).min(1).optional(),
    notEmpty: z.literal(true).optional(),
  })
  .describe('Only what fulfils this counts; the rest is passed over.');

const fieldsOf = (specs: Readonly<Record<string, FieldSpec>>) =>
  z.strictObject(
    Object.fromEntries(
      Object.entries(specs).map(([name, spec]) => [name, spec.required ? field : field.optional()]),
    ),
  );

const listOf = (specs: Readonly<Record<string, FieldSpec>>) =>
  z.strictObject({
    path: path.describe('Where the inner list is, seen from the record.'),
    mayBeAbsent: z
      .literal(true)
      .optional()
      .describe('The server leaves an empty list out altogether.'),
    where: condition.optional(),
    fields: fieldsOf(specs),
  });

const recordsLocation = z.union([
  path.describe('Names from below the response element to the list of records.'),
  z.strictObject({
    path,
    mayBeAbsent: z
      .literal(true)
      .optional()
      .describe('The server leaves an empty list out altogether.'),
  }),
]);

const split = z
  .array(z.enum(SPLIT_DIMENSIONS))
  .describe('One call for each period, site or group; empty or absent: one call for everything.');

const readingOf = (spec: ReadingSpec) => {
  const lists = Object.entries(spec.lists).map(([name, specs]) => [name, listOf(specs).optional()]);
  return z.strictObject({
    operation: z.string().min(1).describe("The operation's name in the WSDL."),
    parameters: parameters.optional(),
    split: split.optional(),
    finest: z
      .enum(SPLIT_DIMENSIONS)
      .optional()
      .describe('The smallest piece that can be asked for when a larger one cannot be read.'),
    page: z
      .strictObject({
        limit: z.int().min(1).describe('Records asked for at a time.'),
        minimum: z
          .int()
          .min(1)
          .optional()
          .describe('The smallest page that is asked for when a larger one cannot be read; 1.'),
        whenNeeded: z
          .literal(true)
          .optional()
          .describe(
            'The list is asked for whole, and in pages only where it cannot be read otherwise.',
          ),
      })
      .optional()
      .describe('For operations that can hand out pages.'),
    records: recordsLocation,
    count: path.optional().describe('Where the answer says how many records there are.'),
    where: condition.optional(),
    fields: fieldsOf(spec.fields),
    ...(lists.length > 0 && { lists: z.strictObject(Object.fromEntries(lists)).optional() }),
  });
};

const none = z.literal('none').describe('The server has no such list.');

const passOn = z.union([
  z.strictObject({
    parameter: z.string().min(1).describe('Name of the parameter added to every call.'),
  }),
  z.strictObject({
    header: z.string().min(1).describe('Name of the HTTP header.'),
    value: z.string().optional().describe('By default {{session.token}}.'),
  }),
  z.strictObject({
    soapHeader: z.string().min(1).describe('Name of the element in the SOAP header.'),
    namespace: z.string().optional(),
  }),
]);

const signIn = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('none') }),
  z.strictObject({
    method: z.literal('parameter'),
    parameters: z
      .record(z.string().min(1), z.string())
      .describe('Added to every call; {{credentials.username}}, …'),
  }),
  z.strictObject({ method: z.literal('basic') }),
  z.strictObject({
    method: z.literal('header'),
    headers: z
      .record(z.string().min(1), z.string())
      .describe('HTTP headers; {{credentials.token}}, …'),
  }),
  z.strictObject({
    method: z.literal('wsSecurity'),
    password: z.enum(['text', 'digest']).optional().describe('text by default.'),
    timestamp: z.boolean().optional(),
  }),
  z.strictObject({
    method: z.literal('operation'),
    operation: z.string().min(1),
    parameters: parameters.optional(),
    token: path.describe('Where the answer holds the token, from below the response element.'),
    validSeconds: z
      .union([z.number().positive(), path])
      .optional()
      .describe('How long a token is good for, or where the answer says so.'),
    passOn,
  }),
]);

const faultRule = z.strictObject({
  code: pattern.optional(),
  text: pattern.optional(),
  means: z
    .enum(['tryAgain', 'failed', 'badRecord', 'refusedSignIn', 'signInExpired'])
    .describe(
      'badRecord: one record breaks the answer, which is then asked for in smaller pieces until that record is alone.',
    ),
});

const verdict = z.enum(['yes', 'no', 'cannotTell']);

const login = z
  .strictObject({
    operation: z.string().min(1),
    parameters: parameters.describe('With {{username}} and {{password}} of whoever logs in.'),
    answers: z
      .array(
        z.strictObject({
          path,
          equals: scalar.optional(),
          oneOf: z.array(scalar).min(1).optional(),
          notEmpty: z.boolean().optional(),
          means: verdict,
        }),
      )
      .min(1)
      .describe('What the answer means; the first rule that fits decides.'),
    faults: z
      .array(z.strictObject({ code: pattern.optional(), text: pattern.optional(), means: verdict }))
      .optional()
      .describe('What a fault means; a fault that no rule fits: cannot tell.'),
  })
  .describe('The operation that checks a login.');

const readings = z.strictObject(
  Object.fromEntries(
    READINGS.map((reading) => [reading, z.union([none, readingOf(SOURCE_FIELDS[reading])])]),
  ),
);

/** The whole file. */
export const contractSchema = z
  .strictObject({
    version: z.literal(1).describe('Version of the contract format.'),
    name: z.string().min(1).describe('What this contract is for.'),
    soapVersion: z.enum(['1.1', '1.2']).optional().describe('1.1 by default.'),
    service: z.string().optional().describe('Where the WSDL has several services: which one.'),
    port: z.string().optional().describe('Where the service has several ports: which one.'),
    signIn,
    faults: z
      .array(faultRule)
      .optional()
      .describe('What a SOAP fault means; the first rule that fits decides, otherwise: failed.'),
    login: z.union([none, login]),
    readings,
  })
  .describe("Passerelle: how a centre's SOAP web services are read.");

/** How one field is read; a bare text is its path, a list the paths to try in turn. */
export type FieldMapping = z.infer<typeof field>;
export type FieldDetail = z.infer<typeof fieldMapping>;
export type Condition = z.infer<typeof condition>;
export type SignInContract = z.infer<typeof signIn>;
export type LoginContract = z.infer<typeof login>;
export type FaultRule = z.infer<typeof faultRule>;

/** An inner list of a record. */
export interface ListContract {
  path: string;
  mayBeAbsent?: true | undefined;
  where?: Condition | undefined;
  fields: Record<string, FieldMapping | undefined>;
}

/** One reading, as the file has it. */
export interface ReadingContract
  extends Omit<z.infer<ReturnType<typeof readingOf>>, 'fields' | 'lists'> {
  fields: Record<string, FieldMapping | undefined>;
  lists?: Record<string, ListContract | undefined> | undefined;
}

/** A contract that has been validated. */
export interface Contract extends Omit<z.infer<typeof contractSchema>, 'readings'> {
  readings: Record<Reading, ReadingContract | 'none'>;
}
