import { SourceError } from '@passerelle/sync';
import type { Context } from '../context.js';
import { counted } from '../output/format.js';
import { broken, brokenBy, type Finding, fine, warn } from './finding.js';

/** Whether NetYParéo can be reached, and whether the contract fits it. */
export async function checkSource(context: Context): Promise<Finding[]> {
  const { source, contract, wsdl } = await context.source();
  if (wsdl === undefined) {
    return [
      warn(
        'source',
        'No source is configured.',
        'Set NETYPAREO_WSDL to the address or file of the WSDL.',
      ),
    ];
  }
  try {
    const { operations, problems } = await source.check(context.signal);
    return [
      fine('source', `The WSDL is reachable and has ${counted(operations, 'operation')}.`),
      ...(problems.length === 0
        ? [fine('source', `The contract "${contract.name}" fits it.`)]
        : problems.map((problem) =>
            broken('source', problem, 'Correct the contract; docs/contract.md explains it.'),
          )),
    ];
  } catch (error) {
    if (error instanceof SourceError) return [brokenBy('source', error)];
    throw error;
  }
}
