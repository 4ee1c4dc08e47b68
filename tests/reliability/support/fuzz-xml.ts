import type { Dice } from './amount.js';

const NESTED = 5_000;

/** Pieces that an XML parser, or what is built on one, may choke on. */
const HOSTILE: readonly string[] = [
  '<!DOCTYPE x [<!ENTITY a "b">]>',
  ...['&a;', '&lt', '&#0;', '&#x110000;', '&#xD800;', '&amp;&lt;', '&#99999999999;'],
  ...[
    '<![CDATA[',
    ']]>',
    '<!--',
    '--',
    '-->',
    '<?xml version="1.1"?>',
    '<?php echo 1 ?>',
    '<',
    '>',
  ],
  ...[
    '\u0000',
    '\u0001',
    '\ufffe',
    '\ud800',
    '\u2028',
    '\ufeff',
    '<2e>x</2e>',
    '<é>x</é>',
    '<a:b:c/>',
  ],
  ...['<item', '</item>', '</return>', '</SOAP-ENV:Body>', '</soap:Envelope>', '<a b="1" b="2"/>'],
  ...[
    '<x href="#ref1"/>',
    '<x id="ref1"><y href="#ref1"/></x>',
    '<x xsi:nil="true"/>',
    '<x xsi:nil="maybe"/>',
  ],
  '<return SOAP-ENC:arrayType="xsd:anyType[99999999]"></return>',
  '<item><key>__proto__</key><value>1</value></item><constructor><prototype/></constructor>',
  '<SOAP-ENV:Fault><faultcode>Server</faultcode><faultstring>x</faultstring></SOAP-ENV:Fault>',
  '<deep>'.repeat(NESTED),
  `<a ${Array.from({ length: 2_000 }, (_, index) => `b${index}="c"`).join(' ')}/>`,
  'A'.repeat(400_000),
  `<a b="${'B'.repeat(400_000)}"/>`,
  `<!--${'C'.repeat(400_000)}-->`,
  `<${'d'.repeat(400_000)}/>`,
];

/** A real answer after one to four things have happened to it. */
export function mutate(original: Buffer, dice: Dice): Buffer {
  let body = original;
  for (let rounds = 1 + dice.below(4); rounds > 0; rounds--) {
    body = dice.pick(MUTATIONS)(body, dice);
  }
  return body;
}

const MUTATIONS: readonly ((body: Buffer, dice: Dice) => Buffer)[] = [
  // Other bytes here and there.
  (body, dice) => {
    const copy = Buffer.from(body);
    for (let flips = 1 + dice.below(20); flips > 0; flips--) {
      copy[dice.below(copy.length)] = dice.below(256);
    }
    return copy;
  },
  // Another digit or letter, which may be in a text, a name or an attribute.
  (body, dice) => {
    const copy = Buffer.from(body);
    const at = dice.below(copy.length);
    if (/\w/.test(String.fromCharCode(copy[at] ?? 0))) copy[at] = 48 + dice.below(10);
    return copy;
  },
  // An element without its content.
  (body, dice) => {
    const text = body.toString('latin1');
    const at = dice.below(text.length);
    const emptied = text.slice(at).replace(/>[^<]+</, '><');
    return Buffer.from(text.slice(0, at) + emptied, 'latin1');
  },
  // A stretch that is gone.
  (body, dice) => {
    const [from, to] = stretch(body, dice);
    return Buffer.concat([body.subarray(0, from), body.subarray(to)]);
  },
  // A stretch that stands somewhere else, once more.
  (body, dice) => {
    const [from, to] = stretch(body, dice);
    return insert(body, body.subarray(from, to), dice);
  },
  // Something hostile, between elements or anywhere.
  (body, dice) => insert(body, Buffer.from(dice.pick(HOSTILE)), dice),
  (body, dice) => {
    const at = body.indexOf('<', dice.below(body.length));
    return at === -1 ? body : splice(body, at, Buffer.from(dice.pick(HOSTILE)));
  },
  // Another name for an element, on one of its sides or both.
  (body, dice) => {
    const text = body.toString('latin1');
    const names = [...text.matchAll(/<\/?([\w:-]+)/g)].map(([, name]) => name ?? '');
    if (names.length === 0) return body;
    const [from, to] = [dice.pick(names), dice.pick(names)];
    return Buffer.from(
      dice.next() < 0.5 ? text.replace(from, to) : text.replaceAll(from, to),
      'latin1',
    );
  },
  // Its beginning only.
  (body, dice) => body.subarray(0, dice.below(body.length + 1)),
];

function stretch(body: Buffer, dice: Dice): [from: number, to: number] {
  const from = dice.below(body.length + 1);
  return [from, Math.min(body.length, from + dice.below(2_000))];
}

const insert = (body: Buffer, piece: Buffer, dice: Dice): Buffer =>
  splice(body, dice.below(body.length + 1), piece);

const splice = (body: Buffer, at: number, piece: Buffer): Buffer =>
  Buffer.concat([body.subarray(0, at), piece, body.subarray(at)]);
