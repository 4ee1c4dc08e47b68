import type { WireRecord } from './value.js';

/** The shapes a PHP SoapServer answers in: document/literal, or rpc/encoded. */
export const STYLES = ['literal', 'encoded'] as const;
export type Style = (typeof STYLES)[number];

/** Renders one answer, piece by piece; it may remember what it has already sent. */
export interface AnswerRenderer {
  /** All before the first record. `count`: how many records follow. */
  head(count: number): string;
  record(record: WireRecord): string;
  tail(): string;
}
