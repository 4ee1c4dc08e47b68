import { PLAIN, type WireShape } from './attributes.js';
import type { Filter } from './filter.js';
import { newStruct, type Struct } from './tree.js';

/** `outer`: Envelope and Body; `entry` and `key`: the parts of a Map's items. */
export type FrameKind = 'outer' | 'value' | 'entry' | 'key';

/** One open element that is not passed over. */
export interface Frame {
  kind: FrameKind;
  name: string;
  filter: Filter;
  shape: Readonly<WireShape>;
  /** Where the value goes: to the frame below, or out as a record, or nowhere. */
  role: 'child' | 'record' | 'list' | 'response' | 'fault' | 'detached';
  text: string;
  /** Of the filter that was found by its name. */
  bit: number;
  struct: Struct | null;
  children: number;
  /** For lists: are the children its elements, or is it itself its one element? */
  form: 'unknown' | 'children' | 'itself';
  /** For a list of records of unknown form. */
  emptyRecords: number;
  /** For `entry`: the key of a Map's item. */
  key: string | null;
}

export function newFrame(filter: Filter): Frame {
  return {
    kind: 'value',
    name: '',
    filter,
    shape: PLAIN,
    role: 'child',
    text: '',
    bit: 0,
    struct: null,
    children: 0,
    form: 'unknown',
    emptyRecords: 0,
    key: null,
  };
}

/** Takes a frame into use for another element; frames are many, and used again. */
export function resetFrame(
  frame: Frame,
  kind: FrameKind,
  name: string,
  filter: Filter,
  shape: Readonly<WireShape>,
): void {
  frame.kind = kind;
  frame.name = name;
  frame.filter = filter;
  frame.shape = shape;
  frame.role = 'child';
  frame.text = '';
  frame.bit = 0;
  frame.struct = null;
  frame.children = 0;
  frame.form = 'unknown';
  frame.emptyRecords = 0;
  frame.key = null;
}

/** The frame's structure, made when its first child comes. */
export function structOf(frame: Frame): Struct {
  frame.struct ??= newStruct(frame.shape.isArray);
  return frame.struct;
}
