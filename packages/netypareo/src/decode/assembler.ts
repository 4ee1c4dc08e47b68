import { PLAIN, readWireShape, type WireShape } from './attributes.js';
import { DecodeError } from './decode-error.js';
import { FAULT_FILTER, faultOf, type SoapFault } from './fault.js';
import { anywhereFilter, childFilter, type Filter, keepsScalar } from './filter.js';
import { type Frame, type FrameKind, newFrame, structOf } from './frame.js';
import { createReferences } from './references.js';
import { shapeOf } from './shape-of.js';
import { asList, isEmpty, type Value } from './tree.js';

/** An answer that was read to its end. */
export interface DecodedAnswer {
  fault: SoapFault | null;
  /** What the filter kept outside the records. */
  values: Value;
  /** Was there a list of records at all, even an empty one? */
  hasRecords: boolean;
  records: number;
  /** The length that the list declares of itself. */
  declared: number | null;
}

/** Puts values together from the events of a parser. Methods throw {@link DecodeError}. */
export interface Assembler {
  open(qualifiedName: string, attributes: Readonly<Record<string, string>>): void;
  /** @returns the length of the open element's text so far */
  addText(text: string): number;
  close(): void;
  /** Has the envelope been opened and closed? */
  isClosed(): boolean;
  /** @throws DecodeError if there was no response */
  answer(): DecodedAnswer;
}

const ENVELOPES = [
  'http://schemas.xmlsoap.org/soap/envelope/',
  'http://www.w3.org/2003/05/soap-envelope',
];
/** One record larger than this is not one. */
const MAX_NODES_PER_RECORD = 200_000;

/**
 * Gives the three wire shapes of a PHP SoapServer (typed elements, SOAP-ENC
 * Array, Apache Map; facts/netypareo.md) the same face: names are element names
 * or Map keys, elements of a list are a list's elements whatever their names.
 * Only one record is held at a time, and of it only what the filter keeps.
 *
 * @param filter what to keep, seen from the response element
 */
export function createAssembler(
  filter: Filter,
  onRecord: (value: Value, key: string) => void,
): Assembler {
  const stack: Frame[] = [];
  const prefixes = new Map<string, string>();
  const references = createReferences();
  const shared = anywhereFilter(filter);
  const answer: DecodedAnswer = {
    fault: null,
    values: null,
    hasRecords: false,
    records: 0,
    declared: null,
  };
  let hasEnvelope = false;
  let hasResponse = false;
  let nodes = 0;

  function open(qualifiedName: string, attributes: Readonly<Record<string, string>>): void {
    const name = localName(qualifiedName);
    const shape = readWireShape(attributes, prefixes);
    const top = stack[stack.length - 1];
    if (top === undefined) openEnvelope(name, qualifiedName);
    else if (top.kind === 'skip') openSkipped(top, name, shape);
    else if (top.kind === 'outer') openOuter(top, name, shape);
    else if (top.kind === 'key') push('skip', name, filter, shape);
    else if (top.kind === 'entry') openEntryPart(top, name, shape);
    else if (top.shape.isMap) push(name === 'item' ? 'entry' : 'skip', name, filter, shape);
    else openChild(top, name, shape);
  }

  function openEnvelope(name: string, qualified: string): void {
    const colon = qualified.indexOf(':');
    const namespace = prefixes.get(colon === -1 ? '' : qualified.slice(0, colon));
    const isEnvelope = name === 'Envelope' && (colon === -1 || ENVELOPES.includes(namespace ?? ''));
    if (!isEnvelope) throw new DecodeError('not_soap', 'is XML, but no SOAP envelope');
    hasEnvelope = true;
    push('outer', 'Envelope', filter, PLAIN);
  }

  function openOuter(top: Frame, name: string, shape: Readonly<WireShape>): void {
    if (top.name === 'Envelope') {
      push(name === 'Body' ? 'outer' : 'skip', name, filter, shape);
    } else if (name === 'Fault' && !hasResponse) {
      hasResponse = true;
      push('value', name, FAULT_FILTER, shape).role = 'fault';
    } else if (hasResponse) {
      openUnwanted(name, shape);
    } else {
      hasResponse = true;
      push('value', name, filter, shape).role = filter.isRecords ? 'list' : 'response';
    }
  }

  function openEntryPart(entry: Frame, name: string, shape: Readonly<WireShape>): void {
    if (name === 'key') {
      push('key', name, filter, shape);
    } else if (name !== 'value') {
      push('skip', name, filter, shape);
    } else if (entry.key === null) {
      throw new DecodeError('misshapen', 'has a Map entry without a key before its value');
    } else {
      openChild(stack[stack.length - 2] as Frame, entry.key, shape);
    }
  }

  function openChild(parent: Frame, name: string, shape: Readonly<WireShape>): void {
    const index = parent.children++;
    if (++nodes > MAX_NODES_PER_RECORD && !parent.filter.asShape) {
      throw new DecodeError(
        'too_large',
        `has a record of more than ${MAX_NODES_PER_RECORD} elements`,
      );
    }
    structOf(parent).hasContent = true;
    if (parent.role === 'list' && isRecordOf(parent, name)) {
      pushValue(name, parent.filter, shape, 'record');
      return;
    }
    const wanted = childFilter(parent.filter, name, parent.shape.isArray, index);
    if (wanted === null || isBesideFields(parent, name)) openUnwanted(name, shape);
    else pushValue(name, wanted, shape, wanted.isRecords && holdsList(parent) ? 'list' : 'child');
  }

  /** A list that turned out to be its own one element has no further elements. */
  function isBesideFields(parent: Frame, name: string): boolean {
    if (parent.filter.element === null || parent.shape.isArray) return false;
    const isField = parent.filter.children.has(name);
    if (isField) parent.form = 'itself';
    return !isField && parent.form === 'itself';
  }

  /** Is this child of a list's element a record? If not, the element itself is the one record. */
  function isRecordOf(list: Frame, name: string): boolean {
    if (list.shape.isArray || list.filter.takesScalars) list.form = 'children';
    if (list.form === 'unknown' && list.filter.children.has(name)) list.form = 'itself';
    return list.form !== 'itself';
  }

  function pushValue(
    name: string,
    wanted: Filter,
    shape: Readonly<WireShape>,
    role: Frame['role'],
  ): void {
    // Who refers to it may want other parts of it than the place where it stands.
    const isShared = shape.id !== null && role !== 'list' && !wanted.asShape;
    push('value', name, isShared ? shared : wanted, shape).role = role;
  }

  function openSkipped(top: Frame, name: string, shape: Readonly<WireShape>): void {
    if (shape.id === null) top.depth++;
    else push('value', name, shared, shape).role = 'detached';
  }

  function openUnwanted(name: string, shape: Readonly<WireShape>): void {
    if (shape.id === null) push('skip', name, filter, shape);
    else push('value', name, shared, shape).role = 'detached';
  }

  function push(kind: FrameKind, name: string, wanted: Filter, shape: Readonly<WireShape>): Frame {
    const frame = newFrame(kind, name, wanted, shape);
    stack.push(frame);
    return frame;
  }

  function addText(text: string): number {
    const top = stack[stack.length - 1];
    if (top === undefined || top.children > 0) return 0;
    if (top.kind !== 'value' && top.kind !== 'key') return 0;
    top.text = top.text === '' ? text : top.text + text;
    return top.text.length;
  }

  function close(): void {
    const top = stack[stack.length - 1] as Frame;
    if (top.kind === 'skip' && top.depth > 0) {
      top.depth--;
      return;
    }
    stack.pop();
    if (top.kind === 'key') (stack[stack.length - 1] as Frame).key = top.text.trim();
    if (top.kind === 'value') closeValue(top);
  }

  function closeValue(frame: Frame): void {
    const value = valueOf(frame);
    if (frame.shape.id !== null && frame.role !== 'list')
      references.remember(frame.shape.id, value);
    if (frame.role === 'child') addToParent(frame.name, value);
    else if (frame.role === 'record') addRecord(frame.name, value);
    else if (frame.role === 'list') closeList(frame, value);
    else if (frame.role === 'response') answer.values = value;
    else if (frame.role === 'fault') answer.fault = faultOf(value);
  }

  function valueOf(frame: Frame): Value {
    const { shape } = frame;
    if (shape.href !== null) return references.resolve(shape.href);
    if (shape.isNil) return null;
    if (shape.declared !== null && shape.declared !== frame.children) {
      throw new DecodeError(
        'miscounted',
        `declares a list of ${shape.declared} elements but holds ${frame.children}`,
      );
    }
    if (frame.children > 0 || shape.isArray || shape.isMap) return structOf(frame);
    return frame.filter.asShape ? shapeOf(frame.text) : frame.text;
  }

  function addToParent(name: string, value: Value): void {
    const parent = parentFrame();
    const struct = structOf(parent);
    const isScalar = value === null || typeof value === 'string';
    if (isScalar && !parent.shape.isArray && !keepsScalar(parent.filter, name)) {
      struct.hasOtherScalars ||= !isEmpty(value);
      return;
    }
    struct.names.push(name);
    struct.values.push(value);
  }

  /** The frame that holds the children: for a Map's value that is not the entry but the Map. */
  function parentFrame(): Frame {
    const below = stack[stack.length - 1] as Frame;
    return below.kind === 'entry' ? (stack[stack.length - 2] as Frame) : below;
  }

  function addRecord(name: string, value: Value): void {
    const list = parentFrame();
    if (list.form === 'unknown') {
      if (value === null || (typeof value === 'string' && value.trim() === '')) {
        list.emptyRecords++;
        keepShape(list, name, value);
        return;
      }
      list.form = typeof value === 'string' ? 'itself' : 'children';
      if (list.form === 'children') emitEmpty(list);
    }
    if (list.form === 'children') {
      emit(value, name);
    } else {
      structOf(list).hasOtherScalars = true;
      keepShape(list, name, value);
    }
  }

  /** What turns out to be a field of the one record is a part of its structure. */
  function keepShape(list: Frame, name: string, value: Value): void {
    if (!list.filter.asShape) return;
    structOf(list).names.push(name);
    structOf(list).values.push(value);
  }

  function closeList(frame: Frame, value: Value): void {
    answer.hasRecords = true;
    if (frame.shape.declared !== null) {
      answer.declared = (answer.declared ?? 0) + frame.shape.declared;
    }
    if (frame.shape.href !== null) {
      const names = new Set(frame.filter.children.keys());
      for (const item of asList(value, names, frame.filter.takesScalars))
        emit(item.value, item.key);
    } else if (frame.form === 'itself') {
      emit(value, frame.name);
    } else if (frame.form === 'unknown' && frame.children > 0) {
      emitEmpty(frame);
    } else if (typeof value === 'string' && value.trim() !== '') {
      throw new DecodeError('misshapen', 'has a plain text where the list of records should be');
    }
  }

  function emitEmpty(list: Frame): void {
    for (; list.emptyRecords > 0; list.emptyRecords--) emit(null, '');
  }

  function emit(value: Value, key: string): void {
    nodes = 0;
    answer.records++;
    onRecord(value, key);
  }

  return {
    open,
    addText,
    close,
    isClosed: () => hasEnvelope && stack.length === 0,
    answer() {
      if (hasResponse) return answer;
      throw new DecodeError('not_soap', 'is a SOAP envelope without anything in it');
    },
  };
}

/** The list of records stands on the way down from the response, never inside a record. */
function holdsList(parent: Frame): boolean {
  return parent.role === 'child' || parent.role === 'response';
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon === -1 ? name : name.slice(colon + 1);
}
