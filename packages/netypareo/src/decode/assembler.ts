import { createPrefixes, PLAIN, readWireShape, type WireShape } from './attributes.js';
import { DecodeError } from './decode-error.js';
import { FAULT_FILTER, faultOf, type SoapFault } from './fault.js';
import { anywhereFilter, childFilter, type Filter, keepsScalar } from './filter.js';
import { type Frame, type FrameKind, newFrame, resetFrame, structOf } from './frame.js';
import { createReferences } from './references.js';
import { shapeOf } from './shape-of.js';
import { asList, isEmpty, type Value } from './tree.js';
import { AS_NAME, AS_TEXT, UNWANTED, type Want, type XmlHandler } from './xml/scanner.js';
import type { StartTag } from './xml/start-tag.js';

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

/** Puts values together from the events of a scanner. Methods throw {@link DecodeError}. */
export interface Assembler extends Pick<XmlHandler, 'open' | 'wantsText' | 'close'> {
  /** @returns the length of the open element's text so far */
  addText(text: string): number;
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
  /** Frames of the open elements, and behind them some that were used before. */
  const stack: Frame[] = [];
  let size = 0;
  const prefixes = createPrefixes();
  const references = createReferences();
  const shared = anywhereFilter(filter);
  const answer: DecodedAnswer = {
    fault: null,
    values: null,
    hasRecords: false,
    records: 0,
    declared: null,
  };
  let hasResponse = false;
  let nodes = 0;

  function open(tag: StartTag, isInside: boolean): boolean {
    const shape = shapeOfTag(tag);
    if (isInside) return openUnwanted(tag.local, shape);
    const name = tag.local;
    if (size === 0) return openEnvelope(name, tag.name);
    const top = innermost();
    if (top.kind === 'outer') return openOuter(top, name, shape);
    if (top.kind === 'key') return false;
    if (top.kind === 'entry') return openEntryPart(top, name, shape);
    if (!top.shape.isMap) return openChild(top, name, shape);
    if (name === 'item') push('entry', name, filter, shape);
    return name === 'item';
  }

  function shapeOfTag(tag: StartTag): Readonly<WireShape> {
    if (tag.isNotable) prefixes.declare(tag.attributes);
    const version = prefixes.version();
    if (tag.shape === null || tag.shapedAt !== version) {
      tag.shape = readWireShape(tag.attributes, prefixes);
      tag.shapedAt = version;
    }
    return tag.shape;
  }

  function openEnvelope(name: string, qualified: string): boolean {
    const colon = qualified.indexOf(':');
    const namespace = prefixes.get(colon === -1 ? '' : qualified.slice(0, colon));
    const isEnvelope = name === 'Envelope' && (colon === -1 || ENVELOPES.includes(namespace ?? ''));
    if (!isEnvelope) throw new DecodeError('not_soap', 'is XML, but no SOAP envelope');
    push('outer', 'Envelope', filter, PLAIN);
    return true;
  }

  function openOuter(top: Frame, name: string, shape: Readonly<WireShape>): boolean {
    if (top.name === 'Envelope') {
      if (name !== 'Body') return openUnwanted(name, shape);
      push('outer', name, filter, shape);
      return true;
    }
    if (hasResponse) return openUnwanted(name, shape);
    hasResponse = true;
    if (name === 'Fault') push('value', name, FAULT_FILTER, shape).role = 'fault';
    else push('value', name, filter, shape).role = filter.isRecords ? 'list' : 'response';
    return true;
  }

  function openEntryPart(entry: Frame, name: string, shape: Readonly<WireShape>): boolean {
    if (name === 'key') {
      push('key', name, filter, shape);
      return true;
    }
    if (name !== 'value') return false;
    if (entry.key === null) {
      throw new DecodeError('misshapen', 'has a Map entry without a key before its value');
    }
    return openChild(stack[size - 2] as Frame, entry.key, shape);
  }

  function openChild(parent: Frame, name: string, shape: Readonly<WireShape>): boolean {
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
      return true;
    }
    const wanted = childFilter(parent.filter, name, parent.shape.isArray, index);
    if (wanted === null || isBesideFields(parent, name)) return openUnwanted(name, shape);
    pushValue(name, wanted, shape, wanted.isRecords && holdsList(parent) ? 'list' : 'child');
    return true;
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
    const frame = push('value', name, isShared ? shared : wanted, shape);
    frame.role = role;
    frame.bit = wanted.bit;
  }

  /** What nobody asks for is passed over, unless somebody may refer to it. */
  function openUnwanted(name: string, shape: Readonly<WireShape>): boolean {
    if (shape.id === null) return false;
    push('value', name, shared, shape).role = 'detached';
    return true;
  }

  function push(kind: FrameKind, name: string, wanted: Filter, shape: Readonly<WireShape>): Frame {
    const frame = (stack[size] ??= newFrame(wanted));
    resetFrame(frame, kind, name, wanted, shape);
    size++;
    return frame;
  }

  function innermost(): Frame {
    return stack[size - 1] as Frame;
  }

  function wantsText(): Want {
    const top = innermost();
    if (top.children > 0) return UNWANTED;
    return top.kind === 'value' ? AS_TEXT : top.kind === 'key' ? AS_NAME : UNWANTED;
  }

  function addText(text: string): number {
    const top = innermost();
    top.text = top.text === '' ? text : top.text + text;
    return top.text.length;
  }

  function close(): void {
    const top = innermost();
    size--;
    if (top.kind === 'key') innermost().key = top.text.trim();
    if (top.kind === 'value') closeValue(top);
  }

  function closeValue(frame: Frame): void {
    const value = valueOf(frame);
    if (frame.shape.id !== null && frame.role !== 'list')
      references.remember(frame.shape.id, value);
    if (frame.role === 'child') addToParent(frame.name, value, frame.bit);
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

  function addToParent(name: string, value: Value, bit: number): void {
    const parent = parentFrame();
    const struct = structOf(parent);
    const isScalar = value === null || typeof value === 'string';
    if (isScalar && !parent.shape.isArray && !keepsScalar(parent.filter, name)) {
      struct.hasOtherScalars ||= !isEmpty(value);
      return;
    }
    if (bit === 0 || (struct.bits & bit) !== 0) struct.mayRepeat = true;
    struct.bits |= bit;
    struct.names.push(name);
    struct.values.push(value);
  }

  /** The frame that holds the children: for a Map's value that is not the entry but the Map. */
  function parentFrame(): Frame {
    const below = innermost();
    return below.kind === 'entry' ? (stack[size - 2] as Frame) : below;
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
    structOf(list).mayRepeat = true;
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
    wantsText,
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
