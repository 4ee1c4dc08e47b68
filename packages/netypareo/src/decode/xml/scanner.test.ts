import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { DecodeError } from '../decode-error.js';
import { AS_NAME, AS_TEXT, createXmlScanner, type XmlHandler } from './scanner.js';

/** What was heard of a document: `<name a="b">` (as JSON), `text`, `</>`. */
type Events = string[];
/** null where the document was refused. */
type Heard = Events | null;

const LIMITS = { maxDepth: 64, maxTextChars: 100_000 };
const NUM_RUNS = 300;

function addText(events: Events, text: string): void {
  const last = events.at(-1);
  if (text === '') return;
  if (last?.startsWith('text ')) events[events.length - 1] = last + text;
  else events.push(`text ${text}`);
}

function openEvent(name: string, attributes: Readonly<Record<string, string>>): string {
  return `<${name} ${JSON.stringify(Object.entries(attributes))}>`;
}

/** What saxes makes of it, which is whatever the scanner should. */
function heardBySaxes(document: string): Heard {
  const events: Events = [];
  let depth = 0;
  const parser = new SaxesParser({
    ...{ xmlns: false, position: false, forceXMLVersion: true, defaultXMLVersion: '1.0' },
  });
  parser.on('opentag', ({ name, attributes }) => {
    depth++;
    events.push(openEvent(name, attributes));
  });
  parser.on('closetag', () => {
    depth--;
    events.push('</>');
  });
  const text = (piece: string) => depth > 0 && addText(events, piece);
  parser.on('text', text);
  parser.on('cdata', text);
  const refuse = () => {
    throw new Error('refused');
  };
  parser.on('doctype', refuse);
  parser.on('error', refuse);
  try {
    // As the scanner does: PHP files often begin with an empty line.
    parser.write(document.replace(/^[ \t\r\n\uFEFF]+/, '')).close();
  } catch {
    return null;
  }
  return events;
}

/** Enters elements as told, hears what is in those. */
function listen(enters: (name: string) => boolean): { handler: XmlHandler; events: Events } {
  const events: Events = [];
  const handler: XmlHandler = {
    open({ name, attributes }, isInside) {
      if (isInside || !enters(name)) return false;
      const record = attributes.map((attribute) => [attribute.name, attribute.value] as const);
      events.push(openEvent(name, Object.fromEntries(record)));
      return true;
    },
    wantsText: () => (events.length % 2 === 0 ? AS_NAME : AS_TEXT),
    text: (piece) => addText(events, piece),
    close: () => events.push('</>'),
  };
  return { handler, events };
}

function heard(
  document: string | Buffer,
  {
    cuts = [],
    enters = () => true,
  }: { cuts?: readonly number[]; enters?: (name: string) => boolean } = {},
): Heard {
  const { handler, events } = listen(enters);
  try {
    const scanner = createXmlScanner(handler, LIMITS);
    for (const piece of cut(Buffer.from(document), cuts)) scanner.write(piece);
    return scanner.end() ? events : null;
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
    return null;
  }
}

function cut(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [0, ...cuts.map((share) => Math.floor(share * bytes.length)), bytes.length];
  return at
    .toSorted((a, b) => a - b)
    .slice(1)
    .map((to, index, all) => bytes.subarray(index === 0 ? 0 : all[index - 1], to));
}

/** The events of a document of which only some elements are entered. */
function passOver(events: Heard, enters: (name: string) => boolean): Heard {
  if (events === null) return null;
  const kept: Events = [];
  const isKept: boolean[] = [];
  for (const event of events) {
    const isInside = isKept.at(-1) === false;
    if (event.startsWith('<') && event !== '</>') {
      isKept.push(!isInside && enters(/^<(\S+)/.exec(event)?.[1] ?? ''));
    }
    if (isKept.at(-1) === true) {
      if (event.startsWith('text ')) addText(kept, event.slice(5));
      else kept.push(event);
    }
    if (event === '</>') isKept.pop();
  }
  return kept;
}

const name = fc.constantFrom(
  ...['a', 'b', 'nomApprenant', 'ns1:item', 'item', '_x', 'é', 'a-b.c1', ':', 'x:y:z', 'ñ\u0301'],
);
const space = fc.constantFrom('', ' ', '\n', '\t', '\r\n', '\r', ' \n ');
const someSpace = fc.constantFrom(' ', '\n', '\t', '\r\n  ');
const textPiece = fc.constantFrom(
  ...[
    'x',
    'Le Gall',
    'Zoé',
    '1',
    '\n',
    '\r\n',
    '\r',
    '\t',
    '€',
    '😀',
    ']',
    ']]',
    '>',
    '/',
    ' ',
    '=',
  ],
  ...['&amp;', '&lt;', '&gt;', '&quot;', '&apos;', '&#10;', '&#13;', '&#x1F600;', '&#0065;'],
);
const textOf = fc.array(textPiece, { maxLength: 4 }).map((pieces) =>
  pieces
    .join('')
    .replace(/\]\]>+/g, '')
    .replace(/\]+$/, ''),
);
const quoted = fc
  .tuple(textOf, fc.constantFrom('"', "'"), fc.constantFrom('', '"', "'"))
  .map(([text, quote, other]) => `${quote}${text}${other === quote ? '' : other}${quote}`);
const attributes = fc
  .uniqueArray(fc.tuple(name, space, space, quoted, someSpace), {
    maxLength: 3,
    selector: ([attribute]) => attribute,
  })
  .map((all) =>
    all.map(([attribute, s1, s2, value, s3]) => `${s3}${attribute}${s1}=${s2}${value}`).join(''),
  );
const aside = fc.constantFrom(
  ...['<!-- <a> &x; - -->', '<!---->', '<?php echo "?" ?>', '<?a?>', '<?xml-b c?>', '<!--->-->'],
);
const cdata = textOf.map((text) => `<![CDATA[${text}<&]]>`);

interface Tree {
  content: string;
}
const { element } = fc.letrec<{ element: string; content: string; tree: Tree }>((tie) => ({
  tree: fc.record({ content: tie('content') }),
  content: fc.oneof({ maxDepth: 3, withCrossShrink: true }, textOf, cdata, aside, tie('element')),
  element: fc
    .tuple(name, attributes, space, space, fc.array(tie('content'), { maxLength: 5 }), fc.boolean())
    .map(([tag, list, s1, s2, content, isEmpty]) =>
      isEmpty && content.length === 0
        ? `<${tag}${list}${s1}/>`
        : `<${tag}${list}${s1}>${content.join('')}</${tag}${s2}>`,
    ),
}));
const declaration = fc.constantFrom(
  ...['', '<?xml version="1.0"?>', '\n\n<?xml version="1.0" encoding="UTF-8" ?>', '\uFEFF'],
  ...["<?xml version = '1.1' encoding=\"utf-8\" standalone='no'?>", '\n'],
);
const around = fc.array(fc.oneof(aside, someSpace), { maxLength: 2 }).map((all) => all.join(''));
const document = fc.tuple(declaration, around, element, around).map((parts) => parts.join(''));

const HOSTILE: readonly string[] = [
  ...[
    '<',
    '>',
    '&',
    '"',
    "'",
    '/',
    '=',
    '?',
    '!',
    '[',
    ']',
    ';',
    '#',
    '-',
    ' ',
    '\n',
    '\r',
    '1',
    'a',
  ],
  ...[
    '\u0000',
    '\u0001',
    '\u001F',
    '\uFFFE',
    '\uFFFF',
    '\uFFFD',
    '\uFEFF',
    '\u00A0',
    '\u0085',
    '\u2028',
  ],
  ...['<2e>', '</', '</a>', '<a>', '<a/>', '<a b="1" b="2"/>', '<a b=c/>', '<a b/>', '<a b="<"/>'],
  ...[
    '<a b="1"c="2"/>',
    '<a b="&x;"/>',
    '<a b="&lt"/>',
    '< a>',
    '</ a>',
    '<a/ >',
    '<\u0000\u0000\u0000\u0000',
  ],
  ...[
    '&x;',
    '&#0;',
    '&#xD800;',
    '&#x110000;',
    '&#X41;',
    '&#99999999999;',
    '&amp',
    '&;',
    '&#;',
    '&#x;',
  ],
  ...[
    ']]>',
    '<![CDATA[',
    '<![cdata[x]]>',
    '<!--',
    '-->',
    '<!-- -- -->',
    '<!a>',
    '<?',
    '?>',
    '<?1?>',
  ],
  ...[
    '<?xml version="1.0"?>',
    '<?XML?>',
    '<?xml?>',
    '<?xml encoding="x"?>',
    '<!DOCTYPE a>',
    '<!ENTITY a "b">',
  ],
  ...[
    '<?xml version="1.0" encoding="8"?>',
    '<?xml version="2.0"?>',
    '<?xml version="1.0" x="y"?>',
    '<??>',
  ],
];
const hostile = fc.constantFrom(...HOSTILE);

/** Where something hostile may stand, and whether saxes hears of the same. */
const PLACES: Readonly<Record<string, (piece: string) => string>> = {
  'before the root': (piece) => `${piece}<a/>`,
  'after the root': (piece) => `<a/>${piece}`,
  'after the declaration': (piece) => `<?xml version="1.0"?>${piece}<a/>`,
  'in a text': (piece) => `<a>x${piece}y</a>`,
  'between elements': (piece) => `<a><b/>${piece}<b/></a>`,
  'in a text passed over': (piece) => `<a><passed>x${piece}y</passed></a>`,
  'deep in what is passed over': (piece) => `<a><passed><b>${piece}</b></passed></a>`,
  'in a value': (piece) => `<a b="x${piece}y"/>`,
  'in a value passed over': (piece) => `<a><passed><b c='${piece}'/></passed></a>`,
  'for an attribute': (piece) => `<a ${piece}/>`,
  'for a name': (piece) => `<a><${piece}></${piece}></a>`,
  'in a start tag': (piece) => `<a${piece}></a>`,
  'in an end tag': (piece) => `<a></a${piece}>`,
  'in an end tag passed over': (piece) => `<a><passed><b></b${piece}></passed></a>`,
  'in a comment': (piece) => `<!--${piece}--><a/>`,
  'in an instruction': (piece) => `<?p ${piece}?><a/>`,
  'in CDATA': (piece) => `<a><![CDATA[${piece}]]></a>`,
  'in CDATA passed over': (piece) => `<a><passed><![CDATA[${piece}]]></passed></a>`,
  'in the declaration': (piece) => `<?xml version="1.0"${piece}?><a/>`,
};

/** A document after something has happened to it. */
const mutated = fc
  .tuple(
    document,
    fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(6), hostile), {
      minLength: 1,
      maxLength: 3,
    }),
  )
  .map(([whole, changes]) =>
    changes.reduce((text, [share, gone, put]) => {
      const characters = [...text];
      characters.splice(Math.floor(share * characters.length), gone, put);
      return characters.join('');
    }, whole),
  );
const anyDocument = fc.oneof(document, mutated, mutated);
const anyCuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });

/** Well-formed by saxes, and not by XML; see {@link heardBySaxes}. */
function isLeniency(text: string): boolean {
  // A processing instruction's target with a question mark in it.
  return /<\?[^\s?>]*\?[^>]/.test(text);
}

describe('an XML document', () => {
  it('says what it says to saxes', () => {
    fc.assert(
      fc.property(document, (text) => {
        const expected = heardBySaxes(text);
        expect(expected).not.toBeNull();
        expect(heard(text)).toEqual(expected);
      }),
      { numRuns: NUM_RUNS },
    );
  });

  it('is refused when saxes refuses it, and only then', () => {
    fc.assert(
      fc.property(mutated, (text) => {
        if (isLeniency(text)) return;
        expect(heard(text)).toEqual(heardBySaxes(text));
      }),
      { numRuns: NUM_RUNS * 3 },
    );
  });

  it.each(Object.entries(PLACES))(
    'is refused as saxes does with something hostile %s',
    (_, put) => {
      const enters = (tag: string) => tag !== 'passed';
      for (const text of ['', ...HOSTILE].map(put)) {
        if (isLeniency(text)) continue;
        const expected = passOver(heardBySaxes(text), enters);
        expect([text, heard(text, { enters })]).toEqual([text, expected]);
      }
    },
  );

  it('is the same however it is cut, byte by byte too', () => {
    fc.assert(
      fc.property(anyDocument, anyCuts, (text, cuts) => {
        const whole = heard(text);
        expect(heard(text, { cuts })).toEqual(whole);
        const { length } = Buffer.from(text);
        const bytes = Array.from({ length }, (_, at) => at / length);
        expect(heard(text, { cuts: bytes })).toEqual(whole);
      }),
      { numRuns: NUM_RUNS },
    );
  });

  it('is as well-formed or not where it is passed over', () => {
    fc.assert(
      fc.property(anyDocument, fc.uniqueArray(name), (text, passed) => {
        const enters = (tag: string) => !passed.includes(tag);
        expect(heard(text, { enters })).toEqual(passOver(heard(text), enters));
      }),
      { numRuns: NUM_RUNS },
    );
  });

  it('is UTF-8, whole, wherever it is cut', () => {
    const good = Buffer.from('<a>Zoé € 😀</a>');
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), anyCuts, (at, byte, cuts) => {
        const bytes = Buffer.from(good);
        bytes[at] = byte;
        const isText = bytes.equals(Buffer.from(bytes.toString()));
        const expected = isText ? heardBySaxes(bytes.toString()) : null;
        expect(heard(bytes, { cuts })).toEqual(expected);
      }),
      { numRuns: NUM_RUNS },
    );
  });
});

describe('stricter than saxes on purpose', () => {
  it.each([
    ['a document type', '<!DOCTYPE a><a/>'],
    ['a question mark in the target of an instruction', '<?a?b?><a/>'],
    ['a no-break space before the declaration', '\u00A0<a/>'],
  ])('%s is refused', (_what, text) => {
    expect(heard(text)).toBeNull();
  });
});
