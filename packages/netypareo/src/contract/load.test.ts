import { readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { READINGS, SOURCE_FIELDS } from '@passerelle/roster';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { SITES, STUDENTS, testContractData } from '../testing/contract.js';
import { contractJsonSchema } from './json-schema.js';
import { BUILT_IN_CONTRACT, ContractError, loadContract, parseContract } from './load.js';

function problemsOf(data: unknown): readonly string[] {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  try {
    parseContract(text, 'centre.yaml');
    return [];
  } catch (error) {
    return (error as ContractError).problems.map((problem) =>
      problem.replace(/^centre\.yaml:\d+: /, ''),
    );
  }
}

describe('the built-in contract', () => {
  it('is valid and maps every field that Passerelle needs', async () => {
    const contract = await loadContract(undefined);
    for (const name of READINGS) {
      const reading = contract.readings[name];
      expect(reading).not.toBe('none');
      if (reading === 'none') continue;
      for (const list of Object.keys(SOURCE_FIELDS[name].lists)) {
        expect(reading.lists?.[list]).toBeDefined();
      }
    }
  });

  it('points editors at a schema that is current', () => {
    expect(readFileSync(BUILT_IN_CONTRACT, 'utf8').split('\n')[0]).toBe(
      '# yaml-language-server: $schema=./contract.schema.json',
    );
    const committed: unknown = JSON.parse(
      readFileSync(join(BUILT_IN_CONTRACT, '../contract.schema.json'), 'utf8'),
    );
    // If this fails: npm run schema -w @passerelle/netypareo
    expect(committed).toEqual(JSON.parse(JSON.stringify(contractJsonSchema())));
  });
});

describe('docs/contract.md', () => {
  const docs = readFileSync(new URL('../../../../docs/contract.md', import.meta.url), 'utf8');

  it('names every reading, every list, every field and every key', () => {
    const keys = new Set<string>();
    for (const name of READINGS) {
      const { fields, lists } = SOURCE_FIELDS[name];
      for (const part of [fields, lists, ...Object.values(lists)]) {
        for (const key of Object.keys(part)) keys.add(key);
      }
      keys.add(name);
    }
    JSON.stringify(contractJsonSchema(), (_key, value: unknown) => {
      const { properties } = (value ?? {}) as { properties?: object };
      for (const key of Object.keys(properties ?? {})) keys.add(key);
      return value;
    });
    expect([...keys].filter((key) => !new RegExp(`\\b${key}\\b`).test(docs))).toEqual([]);
  });

  it('shows examples that are valid', () => {
    const examples = [...docs.matchAll(/```yaml\n([\s\S]*?)```/g)].map(
      (match) => match[1] as string,
    );
    const read = (text: string) =>
      parse(text.replace(/^ *# or:.*$/gm, '')) as Record<string, object>;
    const [signIns, ...others] = examples as [string, ...string[]];
    for (const text of signIns.split(/\n\n/)) {
      expect(problemsOf(testContractData(read(text)))).toEqual([]);
    }
    for (const text of others) {
      const { students, ...top } = read(text);
      expect(problemsOf(testContractData(top, students === undefined ? {} : { students }))).toEqual(
        [],
      );
    }
  });
});

describe('a contract that is wrong', () => {
  it('names file, line, path and expectation, all problems at once', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'contract-')), 'centre.yaml');
    const text = JSON.stringify(testContractData(), null, 2)
      .replace('"codeSite"', '12')
      .replace('"method": "none"', '"method": "kerberos"');
    await writeFile(file, text);
    const error = (await loadContract(file).catch((caught: unknown) => caught)) as ContractError;
    expect(error).toBeInstanceOf(ContractError);
    expect(error.problems).toEqual([
      expect.stringMatching(
        /centre\.yaml:5: signIn\.method: expected one of none, parameter, basic, header, wsSecurity, operation$/,
      ),
      expect.stringMatching(
        /centre\.yaml:\d+: readings\.sites\.fields\.code: expected a string or a list or a group of keys$/,
      ),
    ]);
  });

  it('says which file is not there', async () => {
    await expect(loadContract('/nowhere/centre.yaml')).rejects.toThrow(
      '/nowhere/centre.yaml: there is no such file',
    );
  });

  it('points at broken YAML by line', () => {
    expect(() => parseContract('version: 1\nname: "x\n', 'centre.yaml')).toThrow(
      /centre\.yaml:[23]: /,
    );
  });

  it.each([
    [
      'an unknown field',
      { readings: { ...SITES, fields: { ...SITES.fields, shortNam: 'x' } } },
      'readings.sites.fields.shortNam: unknown key "shortNam"; expected one of code, name, shortName. Did you mean "shortName"?',
    ],
    [
      'an unknown key of a reading',
      { readings: { ...SITES, opration: 'x' } },
      /^readings\.sites\.opration: unknown key "opration"; expected one of operation, .* Did you mean "operation"\?$/,
    ],
    [
      'an unknown key of a field',
      { readings: { ...SITES, fields: { ...SITES.fields, shortName: { path: 'x', formt: 'y' } } } },
      /^readings\.sites\.fields\.shortName\.formt: unknown key "formt"; expected one of path, value, .* Did you mean "format"\?$/,
    ],
    [
      'a required field that is missing',
      { readings: { ...SITES, fields: { code: 'codeSite' } } },
      'readings.sites.fields.name: missing',
    ],
    [
      'a field with neither path nor value',
      { readings: { ...SITES, fields: { ...SITES.fields, shortName: { type: 'text' } } } },
      'readings.sites.fields.shortName: expected either a path or a value',
    ],
    [
      'an unknown placeholder',
      { readings: { ...SITES, parameters: { a: '{{site.cod}}' } } },
      /^readings\.sites\.parameters\.a: unknown placeholder \{\{site\.cod\}\}; expected one of .* Did you mean "site\.code"\?$/,
    ],
    [
      'a placeholder that is not closed',
      { readings: { ...SITES, parameters: { a: '{{site.code' } } },
      'readings.sites.parameters.a: a placeholder is not closed; expected {{name}} or {{name | JJ/MM/AAAA}}',
    ],
    [
      'a format on what is no date',
      { readings: { ...SITES, parameters: { a: '{{site.code | JJ/MM/AAAA}}' } } },
      'readings.sites.parameters.a: {{site.code | JJ/MM/AAAA}}: only dates can be given a format',
    ],
    [
      'a date format without a year',
      {
        readings: {
          ...SITES,
          fields: { ...SITES.fields, shortName: { path: 'x', format: 'JJ/MM' } },
        },
      },
      'readings.sites.fields.shortName.format: expected a date format such as JJ/MM/AAAA or JJ/MM/AAAA[ HH:MM:SS]',
    ],
    [
      'a split that no parameter takes up',
      { readings: { ...SITES, split: ['site'] } },
      'readings.sites.split: one call for each site, but no parameter holds {{site.…}}',
    ],
    [
      'pages without an offset',
      { readings: { ...SITES, page: { limit: 10 } } },
      'readings.sites.page: the answer comes in pages, but no parameter holds {{page.offset}}',
    ],
    [
      'pages when needed, of which nobody can say how long they are',
      {
        readings: {
          ...SITES,
          parameters: { a: '{{page.offset?}}' },
          page: { limit: 10, whenNeeded: true },
        },
      },
      'readings.sites.page: pages are asked for when needed, but no parameter holds {{page.limit}}',
    ],
    [
      'pages when needed that are always asked for',
      {
        readings: {
          ...SITES,
          parameters: { a: '{{page.offset}}', b: '{{page.limit?}}' },
          page: { limit: 10, whenNeeded: true },
        },
      },
      'readings.sites.page.whenNeeded: the whole list is asked for without pages: write {{page.offset?}}',
    ],
    [
      'a smallest page that is longer than the others',
      {
        readings: {
          ...SITES,
          parameters: { a: '{{page.offset}}' },
          page: { limit: 10, minimum: 20 },
        },
      },
      'readings.sites.page.minimum: the smallest page is longer than the usual one (10)',
    ],
    [
      'a pattern that is none',
      { top: { faults: [{ text: '(', means: 'failed' }] } },
      /^faults\.0\.text: not a regular expression: /,
    ],
    [
      'a login without a password',
      {
        top: {
          login: {
            operation: 'x',
            parameters: { a: '{{username}}' },
            answers: [{ path: 'return', means: 'yes' }],
          },
        },
      },
      'login.parameters: no parameter holds {{password}}',
    ],
    [
      'a required field that may be empty',
      {
        readings: { ...SITES, fields: { ...SITES.fields, name: { path: 'x', mayBeEmpty: true } } },
      },
      'readings.sites.fields.name.mayBeEmpty: Passerelle cannot do without name; give it a default',
    ],
  ])('refuses %s', (_what, { readings, top }: { readings?: object; top?: object }, expected) => {
    const data = testContractData({ ...top }, readings === undefined ? {} : { sites: readings });
    const problems = problemsOf(data);
    expect(problems).toHaveLength(1);
    if (typeof expected === 'string') expect(problems[0]).toBe(expected);
    else expect(problems[0]).toMatch(expected);
  });

  it('asks for the readings that are missing', () => {
    const data = testContractData() as { readings: Record<string, unknown> };
    delete data.readings.tutors;
    expect(problemsOf(data)).toEqual([
      'readings.tutors: missing; write "none" if the server has no such list',
    ]);
  });

  it('finds problems inside the lists of a reading', () => {
    const students = structuredClone(STUDENTS) as { lists: { enrolments: { fields: object } } };
    students.lists.enrolments.fields = { grupCode: 'codeGroupe' };
    expect(problemsOf(testContractData({}, { students }))).toEqual([
      expect.stringMatching(
        /^readings\.students\.lists\.enrolments\.fields\.grupCode: unknown key .* Did you mean "groupCode"\?$/,
      ),
    ]);
  });
});
