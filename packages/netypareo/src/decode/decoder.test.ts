import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { envelope, faultEnvelope } from '../testing/soap-server.js';
import { STUDENTS, testContract } from '../testing/contract.js';
import type { ReadingContract } from '../contract/schema.js';
import { DecodeError } from './decode-error.js';
import type { DecodedAnswer } from './assembler.js';
import { createDecoder } from './decoder.js';
import { createRecordMapper, type MappedRecord } from './map-record.js';
import { readingFilter } from './reading-filter.js';
import type { Value } from './tree.js';

function studentsContract(changes: Record<string, unknown> = {}): ReadingContract {
  const contract = testContract({}, { students: { ...STUDENTS, ...changes } }).readings.students;
  if (contract === 'none') throw new Error('unreachable');
  return contract;
}

const LIMITS = { maxXmlDepth: 32, maxTextChars: 1_000 };

interface Decoded {
  answer: DecodedAnswer;
  records: MappedRecord[];
  values: Value[];
}

function decode(
  text: string | readonly string[],
  contract = studentsContract(),
  limits = LIMITS,
): Decoded {
  const mapper = createRecordMapper('students', contract);
  const records: MappedRecord[] = [];
  const values: Value[] = [];
  const decoder = createDecoder({
    filter: readingFilter(contract),
    limits,
    onRecord: (value, key) => {
      values.push(value);
      records.push(mapper.map(value, key));
    },
  });
  for (const chunk of typeof text === 'string' ? [text] : text) decoder.write(chunk);
  return { answer: decoder.end(), records, values };
}

/** In which way an answer fails to decode, if it does. */
function failureOf(body: string, limits = LIMITS): string {
  try {
    decode(body, studentsContract(), limits);
  } catch (error) {
    if (error instanceof DecodeError) return error.failure;
    throw error;
  }
  return 'none';
}

/** What a PHP SoapServer makes of the same two learners, by shape. */
const scalar = (name: string, value: string) =>
  `<item><key xsi:type="xsd:string">${name}</key>${value}</item>`;
const text = (value: string) => `<value xsi:type="xsd:string">${value}</value>`;
const map = (...entries: string[]) => `<value xsi:type="ns2:Map">${entries.join('')}</value>`;
const learner = (enrolments: string) => [
  scalar('codeApprenant', text('7')),
  scalar('nomApprenant', text('Le Gall &amp; fils')),
  scalar('prenomApprenant', text('Zoé')),
  scalar('numeroSecuriteSociale', text('SECRET')),
  scalar('adresse', map(scalar('ville', text('SECRET')), scalar('email', text('z@x.example')))),
  scalar('dateNaissance', '<value xsi:nil="true"/>'),
  scalar('inscriptions', enrolments),
];
const enrolment = (code: string) =>
  [
    scalar('codeInscription', `<value xsi:type="xsd:int">${code}</value>`),
    scalar('site', map(scalar('codeGroupe', text('INSIDE')))),
    scalar('isInscriptionEnCours', text('1')),
    scalar('codeGroupe', text('20')),
  ].join('');
const literalEnrolment = (code: string, name = 'inscription') =>
  `<${name}><codeInscription>${code}</codeInscription><site><codeGroupe>INSIDE</codeGroupe></site><isInscriptionEnCours>1</isInscriptionEnCours><codeGroupe>20</codeGroupe></${name}>`;
const literalLearner = (enrolments: string) =>
  `<codeApprenant>7</codeApprenant><nomApprenant>Le Gall &amp; fils</nomApprenant><prenomApprenant><![CDATA[Zoé]]></prenomApprenant><numeroSecuriteSociale>SECRET</numeroSecuriteSociale><adresse><ville>SECRET</ville><email> z@x.example\n</email></adresse><dateNaissance xsi:nil="true"/>${enrolments}`;

const array = (items: string[], tag = 'value') =>
  `<${tag} SOAP-ENC:arrayType="ns2:Map[${items.length}]" xsi:type="SOAP-ENC:Array">${items.map((item) => `<item xsi:type="ns2:Map">${item}</item>`).join('')}</${tag}>`;
const idMap = (items: string[], tag = 'value') =>
  `<${tag} xsi:type="ns2:Map">${items.map((item, index) => `<item><key xsi:type="xsd:int">${index + 31}</key>${map(item)}</item>`).join('')}</${tag}>`;

const two = [enrolment('1'), enrolment('2')];
const one = [enrolment('1')];
const learnerMap = (enrolments: string) => learner(enrolments).join('');

const expectedRecord = (codes: string[]) => ({
  ok: true,
  record: {
    fields: expect.objectContaining({
      code: '7',
      lastName: 'Le Gall & fils',
      firstName: 'Zoé',
      email: 'z@x.example',
      birthDate: null,
    }) as unknown,
    lists: {
      enrolments: codes.map(
        (code) => expect.objectContaining({ code, current: true, groupCode: '20' }) as unknown,
      ),
    },
  },
});

const SHAPES: [string, string, number, string[]][] = [
  [
    'typed elements',
    `<return><apprenant>${literalLearner(`<inscriptions>${literalEnrolment('1')}${literalEnrolment('2')}</inscriptions>`)}</apprenant></return>`,
    1,
    ['1', '2'],
  ],
  [
    'typed elements, one in the list',
    `<return><apprenant>${literalLearner(`<inscriptions>${literalEnrolment('1')}</inscriptions>`)}</apprenant></return>`,
    1,
    ['1'],
  ],
  [
    'typed elements, the list being its one element',
    `<return><apprenant>${literalLearner(literalEnrolment('1', 'inscriptions'))}</apprenant></return>`,
    1,
    ['1'],
  ],
  [
    'typed elements, the list repeated without a wrapper',
    `<return><apprenant>${literalLearner(literalEnrolment('1', 'inscriptions') + literalEnrolment('2', 'inscriptions'))}</apprenant></return>`,
    1,
    ['1', '2'],
  ],
  [
    'typed elements, an empty list',
    `<return><apprenant>${literalLearner('<inscriptions/>')}</apprenant></return>`,
    1,
    [],
  ],
  [
    'typed elements, a nil list',
    `<return><apprenant>${literalLearner('<inscriptions xsi:nil="true"/>')}</apprenant></return>`,
    1,
    [],
  ],
  [
    'the container being the one record',
    `<return>${literalLearner(`<inscriptions>${literalEnrolment('1')}</inscriptions>`)}</return>`,
    1,
    ['1'],
  ],
  [
    'containers that are a record each',
    `<return>${literalLearner('<inscriptions/>')}</return><return>${literalLearner('<inscriptions/>')}</return>`,
    2,
    [],
  ],
  [
    'the container being the one record, an unknown value first',
    `<return><civilite>M</civilite>${literalLearner('<inscriptions/>')}</return>`,
    1,
    [],
  ],
  ['an Array of Maps', array([learnerMap(array(two))], 'return'), 1, ['1', '2']],
  [
    'an Array of Maps with Maps inside',
    array([learnerMap(idMap(two)), learnerMap(idMap(two))], 'return'),
    2,
    ['1', '2'],
  ],
  ['a Map by id', idMap([learnerMap(array(one))], 'return'), 1, ['1']],
  [
    'a Map by id with an empty Array inside',
    idMap(
      [learnerMap('<value SOAP-ENC:arrayType="xsd:anyType[0]" xsi:type="SOAP-ENC:Array"/>')],
      'return',
    ),
    1,
    [],
  ],
  [
    'a Map that is the one record',
    `<return xsi:type="ns2:Map">${learnerMap(idMap(one))}</return>`,
    1,
    ['1'],
  ],
  ['a list that is its one Map', array([learnerMap(map(enrolment('1')))], 'return'), 1, ['1']],
  ['a list that is nil', array([learnerMap('<value xsi:nil="true"/>')], 'return'), 1, []],
  [
    'a list that is an empty text',
    array([learnerMap('<value xsi:type="xsd:string"></value>')], 'return'),
    1,
    [],
  ],
  [
    'a typed Array of structs',
    `<return SOAP-ENC:arrayType="ns1:Apprenant[1]" xsi:type="ns1:ArrayOfApprenant"><item xsi:type="ns1:Apprenant">${literalLearner(array(one, 'inscriptions'))}</item></return>`,
    1,
    ['1'],
  ],
  [
    'an empty Array',
    '<return SOAP-ENC:arrayType="xsd:anyType[0]" xsi:type="SOAP-ENC:Array"/>',
    0,
    [],
  ],
  ['an empty Map', '<return xsi:type="ns2:Map"/>', 0, []],
  ['an empty container', '<return/>', 0, []],
  ['a nil container', '<return xsi:nil="true"/>', 0, []],
  [
    'an enrolment referred to again',
    array(
      [
        learnerMap(
          `<value SOAP-ENC:arrayType="ns2:Map[1]" xsi:type="SOAP-ENC:Array"><item id="ref1" xsi:type="ns2:Map">${enrolment('1')}</item></value>`,
        ),
        learnerMap(
          '<value SOAP-ENC:arrayType="ns2:Map[1]" xsi:type="SOAP-ENC:Array"><item href="#ref1"/></value>',
        ),
      ],
      'return',
    ),
    2,
    ['1'],
  ],
  [
    'a whole list referred to again',
    array(
      [
        learnerMap(
          `<value id="ref1" xsi:type="ns2:Map"><item><key>9</key>${map(enrolment('1'))}</item></value>`,
        ),
        learnerMap('<value href="#ref1"/>'),
      ],
      'return',
    ),
    2,
    ['1'],
  ],
  [
    'a record referred to again',
    `<return SOAP-ENC:arrayType="ns2:Map[2]" xsi:type="SOAP-ENC:Array"><item id="ref1" xsi:type="ns2:Map">${learnerMap(array(one))}</item><item href="#ref1"/></return>`,
    2,
    ['1'],
  ],
  [
    'something in what is passed over, referred to by what is not',
    array(
      [
        `${scalar('ancien', `<value id="ref5" xsi:type="ns2:Map">${enrolment('1')}</value>`)}${learnerMap('<value SOAP-ENC:arrayType="ns2:Map[1]" xsi:type="SOAP-ENC:Array"><item href="#ref5"/></value>')}`,
      ],
      'return',
    ),
    1,
    ['1'],
  ],
];

describe('the three wire shapes have one face', () => {
  it.each(SHAPES)('%s', (_name, inside, count, codes) => {
    const { answer, records, values } = decode(envelope(inside));
    expect(answer).toMatchObject({ fault: null, hasRecords: true, records: count });
    expect(records).toEqual(Array.from({ length: count }, () => expectedRecord(codes)));
    // What no path asks for is not even read; of what is shared, no name that no path has.
    expect(JSON.stringify(values)).not.toContain('SECRET');
    if (!inside.includes('id="')) expect(JSON.stringify(values)).not.toContain('INSIDE');
  });

  it('walks down a path to the list, and keeps a count beside it', () => {
    const contract = studentsContract({ records: 'return.liste', count: 'return.total' });
    const inside = `<return><total>1</total><liste><a>${literalLearner('<inscriptions/>')}</a></liste></return>`;
    const { answer, records } = decode(envelope(inside), contract);
    expect(records).toHaveLength(1);
    expect(answer.values).toMatchObject({ names: expect.arrayContaining(['return']) as unknown });
  });

  it('takes a key for a field, and plain values for records', () => {
    const contract = studentsContract({
      fields: { code: '@key', lastName: '@value', firstName: { value: 'x' } },
      lists: {},
    });
    const inside = `<return xsi:type="ns2:Map">${scalar('A1', text('Un'))}${scalar('B2', text('Deux'))}</return>`;
    const { records } = decode(envelope(inside), contract);
    expect(records.map((mapped) => mapped.ok && mapped.record.fields)).toEqual([
      expect.objectContaining({ code: 'A1', lastName: 'Un', firstName: 'x' }),
      expect.objectContaining({ code: 'B2', lastName: 'Deux' }),
    ]);
  });

  it('lets a list inside a record hold plain values', () => {
    const contract = studentsContract({
      lists: { enrolments: { path: 'groupes', fields: { groupCode: '@value' } } },
    });
    const inside = array(
      [
        `${learnerMap('<value xsi:nil="true"/>')}${scalar('groupes', '<value SOAP-ENC:arrayType="xsd:int[2]" xsi:type="SOAP-ENC:Array"><item xsi:type="xsd:int">4</item><item xsi:type="xsd:int">5</item></value>')}`,
      ],
      'return',
    );
    const [mapped] = decode(envelope(inside), contract).records;
    expect(mapped?.ok && mapped.record.lists.enrolments?.map((row) => row.groupCode)).toEqual([
      '4',
      '5',
    ]);
  });

  it('ignores headers and independent elements after the response', () => {
    const body = envelope(
      `<return><apprenant>${literalLearner('<inscriptions/>')}</apprenant></return>`,
    )
      .replace(
        '<SOAP-ENV:Body>',
        '<SOAP-ENV:Header><x><return/></x></SOAP-ENV:Header><SOAP-ENV:Body>',
      )
      .replace('</SOAP-ENV:Body>', '<multiRef id="id0"><a/></multiRef></SOAP-ENV:Body>');
    expect(decode(body).records).toHaveLength(1);
  });
});

describe('a fault', () => {
  it.each([
    [
      '1.1',
      faultEnvelope('SOAP-ENV:Server', 'Oups &amp; zut'),
      { code: 'SOAP-ENV:Server', text: 'Oups & zut' },
    ],
    [
      '1.2',
      '<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope"><env:Body><env:Fault><env:Code><env:Value>env:Receiver</env:Value></env:Code><env:Reason><env:Text xml:lang="fr">Oups</env:Text></env:Reason></env:Fault></env:Body></env:Envelope>',
      { code: 'env:Receiver', text: 'Oups' },
    ],
  ])('of SOAP %s is read', (_version, body, fault) => {
    expect(decode(body).answer.fault).toEqual(fault);
  });
});

describe('what is no whole answer', () => {
  const whole = envelope(`<return>${literalLearner('<inscriptions/>')}</return>`);

  it.each([
    ['nothing', '', 'cut_off'],
    ['an HTML page', '<html><body>502</body></html>', 'not_soap'],
    ['text', 'Fatal error', 'malformed'],
    ['another XML', '<a/>', 'not_soap'],
    [
      'an Envelope of another namespace',
      '<x:Envelope xmlns:x="urn:x"><x:Body><a/></x:Body></x:Envelope>',
      'not_soap',
    ],
    [
      'an envelope without a body',
      envelope('').replace(/<SOAP-ENV:Body>.*<\/SOAP-ENV:Body>/s, ''),
      'not_soap',
    ],
    [
      'an empty body',
      envelope('').replace(/(<SOAP-ENV:Body>).*(<\/SOAP-ENV:Body>)/s, '$1$2'),
      'not_soap',
    ],
    [
      'an element name that begins with a digit',
      envelope('<return><2e>1</2e></return>'),
      'malformed',
    ],
    ['a control byte', envelope('<return>\u0001</return>'), 'malformed'],
    ['an unknown entity', envelope('<return>&eacute;</return>'), 'malformed'],
    ['something after the envelope', `${whole}<b>Warning</b>`, 'malformed'],
    [
      'a list longer than it declares',
      envelope(array([learnerMap('<value xsi:nil="true"/>')], 'return').replace('[1]', '[0]')),
      'miscounted',
    ],
    [
      'a list shorter than it declares',
      envelope(array([learnerMap('<value xsi:nil="true"/>')], 'return').replace('[1]', '[2]')),
      'miscounted',
    ],
    [
      'an inner list shorter than it declares',
      envelope(array([learnerMap(array(one).replace('[1]', '[2]'))], 'return')),
      'miscounted',
    ],
    [
      'a reference to nothing',
      envelope(array([learnerMap('<value href="#ref9"/>')], 'return')),
      'misshapen',
    ],
    ['a text for a list', envelope('<return xsi:type="xsd:boolean">false</return>'), 'misshapen'],
    [
      'a Map entry that has its key last',
      envelope('<return xsi:type="ns2:Map"><item><value>1</value><key>a</key></item></return>'),
      'misshapen',
    ],
    ['a DTD', `<!DOCTYPE x [<!ENTITY a "b">]>${whole.replace(/<\?xml.*\?>\n/, '')}`, 'doctype'],
    [
      'billion laughs',
      `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><lolz>&lol2;</lolz>`,
      'doctype',
    ],
    [
      'an external entity',
      `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>`,
      'doctype',
    ],
    [
      'a text that is too long',
      envelope(
        `<return><apprenant><nomApprenant>${'x'.repeat(1_001)}</nomApprenant></apprenant></return>`,
      ),
      'too_large',
    ],
    [
      'a text passed over that is too long',
      envelope(`<return><apprenant><autre>${'x'.repeat(2_000)}</autre></apprenant></return>`),
      'none',
    ],
    ['too deep', envelope(`<return>${'<a>'.repeat(40)}${'</a>'.repeat(40)}</return>`), 'too_large'],
  ])('%s', (_what, body, failure) => {
    expect(failureOf(body)).toBe(failure);
  });

  it('bounds a text that comes in many pieces, even where it is passed over', () => {
    const decoder = createDecoder({
      filter: readingFilter(studentsContract()),
      limits: LIMITS,
      onRecord: () => {},
    });
    decoder.write(envelope('<return><apprenant><autre>').split('</')[0] as string);
    expect(() => {
      for (let index = 0; index < 30; index++) decoder.write('x'.repeat(100));
    }).toThrow('text of more than 1000 characters');
  });

  it('tells no value in its message', () => {
    try {
      decode(envelope('<return><apprenant><nom>&DUPONT;</nom></apprenant></return>'));
      expect.unreachable();
    } catch (error) {
      expect(String(error)).not.toContain('DUPONT');
    }
  });

  it('accepts an empty line before the declaration, as PHP files have it', () => {
    expect(decode(`\n\n${whole}`).records).toHaveLength(1);
  });
});

describe('however an answer is cut', () => {
  const whole = envelope(
    array(
      [learnerMap(idMap(two)), learnerMap(array(one)), learnerMap('<value xsi:nil="true"/>')],
      'return',
    ),
  );
  const expected = decode(whole).records;

  it('at any character, it never ends normally', () => {
    const end = whole.lastIndexOf('>');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: end }), (at) => {
        expect(failureOf(whole.slice(0, at))).toBe('cut_off');
      }),
      { numRuns: 150 },
    );
  });

  it('into any pieces, it gives the same records', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: whole.length }), { maxLength: 40 }),
        (cuts) => {
          const at = [0, ...cuts.toSorted((a, b) => a - b), whole.length];
          const pieces = at.slice(1).map((cut, index) => whole.slice(at[index], cut));
          expect(decode(pieces).records).toEqual(expected);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('and with any character changed, it fails by a DecodeError or not at all', () => {
    const characters = fc.constantFrom('<', '>', '&', '"', '/', '#', '\u0000', 'é', '[', '2', ' ');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 1 }), characters, (at, character) => {
        try {
          decode(whole.slice(0, at) + character + whole.slice(at + 1));
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: 250 },
    );
  });
});
