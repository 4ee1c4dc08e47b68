import type { Context } from '../context.js';
import { type Finding, fine, warn } from './finding.js';

/** Whether somebody is left who may grant rights. */
export async function checkRights(context: Context): Promise<Finding[]> {
  const { grants } = await context.stores();
  if (await grants.hasGrantor(context.now())) {
    return [fine('rights', 'Somebody active may grant rights everywhere.')];
  }
  return [
    warn(
      'rights',
      'Nobody active may grant rights everywhere.',
      'Start the API ("passerelle up" or "api") and open the link that it prints, or use "passerelle grants add USER all --reason …".',
    ),
  ];
}
