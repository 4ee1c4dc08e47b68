export { type Blackout, blackoutEnd, nextBlackout } from './blackout-times.js';
export type { BlackoutWindow } from './blackout-window.js';
export { describeBlackouts } from './describe-blackouts.js';
export { type ParsedBlackouts, parseBlackouts } from './parse-blackouts.js';
