import { type Reading, WHOLE_LIST } from '@passerelle/roster';
import type { Caller } from './caller.js';
import type { Contract, ReadingContract } from './contract/schema.js';
import { fillParameters, requiredPlaceholdersIn } from './contract/template.js';
import { readingFilter } from './decode/reading-filter.js';
import { pageValues } from './pages.js';
import { scopeValues } from './read-part.js';
import { mismatch } from './transport/errors.js';

/** Lists from the one that is the shortest as a rule. */
const SHORTEST_FIRST: readonly Reading[] = [
  'definitions.usertype',
  'definitions.program_step',
  'definitions.period',
  'definitions.status',
  'definitions.cursus',
  'sites',
  'definitions.program',
  'groups',
  'pdgroups',
  'teachers',
  'tutors',
  'students',
];

/** Builds the probe of the port: the shortest list that can be asked for without a scope. */
export function createProbe(
  caller: Caller,
  contract: Contract,
  today: () => string,
): (signal: AbortSignal) => Promise<void> {
  const found = chooseReading(contract);
  if (found === null) {
    const error = mismatch('any list', 'it has none that could be asked for as a probe');
    return () => Promise.reject(error);
  }
  const { reading, name } = found;
  return async (signal) => {
    const scope = scopeValues({ reading: name, scope: WHOLE_LIST, period: null }, today());
    const page = reading.page ? pageValues({ offset: 0, limit: 1 }) : {};
    await caller.call({
      purpose: 'probe',
      operation: reading.operation,
      siteCode: null,
      parameters: fillParameters(reading.parameters ?? {}, { ...scope, ...page }),
      decoder: () => caller.newDecoder(readingFilter(reading), () => {}),
      signal,
    });
  };
}

function chooseReading({ readings }: Contract): { name: Reading; reading: ReadingContract } | null {
  const there = SHORTEST_FIRST.flatMap((name) => {
    const reading = readings[name];
    return reading === 'none' ? [] : [{ name, reading }];
  });
  const isBare = ({ reading }: { reading: ReadingContract }) =>
    requiredPlaceholdersIn(reading.parameters ?? {}).every(
      (name) => name === 'today' || name.startsWith('page.'),
    );
  return there.find(isBare) ?? there[0] ?? null;
}
