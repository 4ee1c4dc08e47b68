import { setFlagsFromString } from 'node:v8';

/** How far the heap may grow beyond what is alive before it is collected again. */
const GROWTH_PERCENT = 25;

/**
 * Keeps a process that runs for long near what it needs. V8 lets the heap of a busy
 * process grow to four times what is alive before it looks for garbage: a worker
 * that reads batch after batch then holds twice the memory for nothing. No limit
 * is set: a worker that needs more takes more.
 */
export function boundHeap(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}
