import { setTimeout as wait } from 'node:timers/promises';
import { type Language, toSourceHealthJson } from '@passerelle/sync';
import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { languageOf } from '../output/language.js';
import { renderSourceHealth } from '../output/source-health.js';
import { say, sayJson } from '../output/terminal.js';
import { readHealth } from '../runtime/read-health.js';

export interface HealthOptions {
  hours: number;
  lang?: Language;
  watch?: true;
  json?: true;
}

/** Between two looks while watching. */
const PAUSE_MS = 2_000;
/** To the upper left corner, and nothing below it. */
const CLEAR_SCREEN = '\u001b[H\u001b[2J\u001b[3J';

/** `passerelle source health` */
export async function showSourceHealth(
  context: Context,
  options: HealthOptions,
): Promise<ExitCode> {
  const { terminal, format } = context;
  if (options.json) {
    const { health, now: at } = await readHealth(context, options.hours);
    sayJson(terminal, toSourceHealthJson(health, { at, hours: options.hours }, format.time));
  } else if (options.watch) await watchHealth(context, options);
  else say(terminal, await drawHealth(context, options));
  return EXIT.done;
}

async function drawHealth(context: Context, { hours, lang }: HealthOptions): Promise<string> {
  const { terminal, format } = context;
  const { health, now } = await readHealth(context, hours);
  const language = lang ?? languageOf(terminal);
  return renderSourceHealth(health, { terminal, format, language, now, hours });
}

/** Until Ctrl-C: one page that is drawn anew, or a block for each change where nobody watches. */
async function watchHealth(context: Context, options: HealthOptions): Promise<void> {
  const { terminal, signal } = context;
  const isWatched = terminal.out.isTTY === true;
  let shown: string | null = null;
  while (!signal.aborted) {
    const page = await drawHealth(context, options);
    if (page !== shown) say(terminal, isWatched ? `${CLEAR_SCREEN}${page}` : `${page}\n`);
    shown = page;
    await wait(PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }
}
