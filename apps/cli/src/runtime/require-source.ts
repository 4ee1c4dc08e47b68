import { CommandError } from '../errors.js';
import type { OpenedSource } from './open-source.js';

/**
 * What has to call the source can only fail without one.
 * @throws CommandError that says what to set
 */
export function requireSource({ wsdl }: Pick<OpenedSource, 'wsdl'>): void {
  if (wsdl !== undefined) return;
  throw new CommandError(
    'NETYPAREO_WSDL is not set: say where the WSDL of NetYParéo is (an address or a file), ' +
      'in the environment or in .env. "passerelle simulator" gives one to try with.',
  );
}
