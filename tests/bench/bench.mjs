import { FIGURES, FULL, measureFigures, QUICK } from './figures.mjs';
import { openRig } from './rig.mjs';

export { FIGURES };

const QUICK_NOTE = 'quick: a tenth of the size, one round, no measurement';

/**
 * Measures figures on this machine, and leaves nothing running behind.
 *
 * @param {{ ids: readonly string[], quick: boolean, say: (text: string) => void }} options
 * @returns {Promise<{ id: string, value: number, bar: number, met: boolean, detail: string }[]>}
 */
export async function runBench({ ids, quick, say }) {
  const opening = openRig({ say, nodeOptions: workerOptions() });
  const stop = () => {
    say('Stopping…');
    void opening.then((rig) => rig.close()).finally(() => process.exit(1));
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const rig = await opening;
  try {
    const figures = await measureFigures(rig, ids, quick ? QUICK : FULL);
    if (!quick) return figures;
    return figures.map((figure) => ({ ...figure, detail: `${figure.detail} (${QUICK_NOTE})` }));
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    await rig.close();
  }
}

/** Options of Node for the workers, to profile them: `BENCH_NODE_OPTIONS="--cpu-prof …"`. */
function workerOptions() {
  return (process.env.BENCH_NODE_OPTIONS ?? '').split(' ').filter(Boolean);
}

/** Prints figures as a table in Markdown. */
export function printTable(figures, { quick, print }) {
  if (quick) print(`(${QUICK_NOTE})\n`);
  const rows = figures.map(({ id, value, bar, met, detail }) => {
    const { what, atMost, unit } = FIGURES[id];
    const bound = `${atMost ? '≤' : '≥'} ${bar} ${unit}`;
    return [id, what, `${value} ${unit}`, bound, met ? 'met' : 'MISSED', detail];
  });
  const head = ['', 'figure', 'value', 'bar', '', 'detail'];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column].length)),
  );
  const line = (cells) => `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
  print(line(head));
  print(`|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`);
  for (const row of rows) print(line(row));
}
