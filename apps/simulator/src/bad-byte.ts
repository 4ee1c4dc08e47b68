import { SimulatorUsageError } from './errors.js';
import { BAD_BYTE_MODES, type BadByte } from './shape.js';

/**
 * Reads learners' codes, and what is wrong with each name: `1234`, `1234:control` or
 * `1234:utf8`; several with commas between.
 * @throws SimulatorUsageError
 */
export const parseBadBytes = (text: string): BadByte[] => text.split(',').map(parseBadByte);

function parseBadByte(text: string): BadByte {
  const [, code = '', given = 'control'] = /^(\d{1,9})(?::(\w+))?$/.exec(text.trim()) ?? [];
  const mode = BAD_BYTE_MODES.find((known) => known === given);
  if (code === '' || mode === undefined) {
    throw new SimulatorUsageError(
      `${text}: expected a learner's code, alone or with ${BAD_BYTE_MODES.join(' or ')}, such as 1234:utf8.`,
    );
  }
  return { code: Number(code), mode };
}
