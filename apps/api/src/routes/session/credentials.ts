import { z } from 'zod';

/** What can be sent on as text: no control characters, no halves of characters. */
const SENDABLE = /^[^\p{Cc}\p{Cs}\uFFFE\uFFFF]+$/u;
/** Nor more than one line. */
const SENDABLE_LINE = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\uFFFE\uFFFF]+$/u;

const text = (most: number, allowed: RegExp) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(allowed, `expected 1 to ${most} characters, none of them a control character`);

/** A NetYParéo login. Neither is ever written down, nor shown in an error. */
export const credentials = {
  username: text(255, SENDABLE_LINE),
  password: text(1_024, SENDABLE),
};
