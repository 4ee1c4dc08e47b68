// Reads answers as a worker does, one after the other, and prints a line of
// JSON on each: what came of it. A process of its own, so that a parser that
// hangs, crashes or takes all memory does so here. It takes the built packages.
// Usage: node read-answers.mjs WSDL ENDPOINT COUNT
import { createSource, loadContract } from '@passerelle/netypareo';
import { SourceError } from '@passerelle/sync';

const [wsdl, endpoint, count] = process.argv.slice(2);
const log = { debug() {}, warn() {} };
const source = createSource({
  ...{ contract: await loadContract(undefined), wsdl, endpoint, credentials: {}, log },
  ...{ gate: { pass: (_call, work, signal) => work(signal) }, now: Date.now },
  limits: { timeoutMs: 4_000, maxResponseBytes: 4_000_000, maxTextBytes: 256 * 1024 },
});
const scope = { periodCode: '1', siteCode: '1', groupCode: null, page: null };
const signal = new AbortController().signal;

for (let answer = 0; answer < Number(count); answer++) {
  const begun = performance.now();
  let records = 0;
  const outcome = await source
    .readPart(
      { reading: 'students', scope, period: null },
      async (batch) => {
        records += batch.length;
      },
      signal,
    )
    .then(
      () => ({ kind: 'read', message: '' }),
      (error) => ({
        kind: error instanceof SourceError ? error.kind : 'unforeseen',
        message: String(error.stack),
      }),
    );
  const ms = Math.round(performance.now() - begun);
  process.stdout.write(`${JSON.stringify({ answer, ...outcome, records, ms })}\n`);
}
const { maxRSS } = process.resourceUsage();
process.stdout.write(`${JSON.stringify({ maxRssMb: Math.round(maxRSS / 1024) })}\n`);
source.close();
