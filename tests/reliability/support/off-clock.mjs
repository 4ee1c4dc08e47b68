// Loaded before everything else by a process whose machine's clock is wrong: by
// how many milliseconds stands in the file that OFF_CLOCK_FILE names, and may
// change at any time.
import { readFileSync } from 'node:fs';

const MachineDate = globalThis.Date;
const LOOK_EVERY_MS = 20;
let aheadMs = 0;
let lookedAt = -Infinity;

function now() {
  if (performance.now() - lookedAt > LOOK_EVERY_MS) {
    aheadMs = Number(readFileSync(process.env.OFF_CLOCK_FILE, 'utf8'));
    lookedAt = performance.now();
  }
  return MachineDate.now() + aheadMs;
}

globalThis.Date = class Date extends MachineDate {
  constructor(...args) {
    if (args.length === 0) super(now());
    else super(...args);
  }

  static now() {
    return now();
  }

  static [Symbol.hasInstance](value) {
    return value instanceof MachineDate;
  }
};
