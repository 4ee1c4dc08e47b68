import { keepPath, newFilter } from './filter.js';
import { lookUp, type Value } from './tree.js';

/** A SOAP fault, of either version. */
export interface SoapFault {
  code: string;
  text: string;
}

const MAX_FAULT_CHARS = 2_000;

/** What to keep of a fault. */
export const FAULT_FILTER = newFilter();
for (const path of ['faultcode', 'faultstring', 'Code.Value', 'Reason.Text']) {
  keepPath(FAULT_FILTER, path);
}

/** The fault that was read through {@link FAULT_FILTER}. */
export function faultOf(value: Value): SoapFault {
  const text = (path: string): string => {
    const found = lookUp(value, path.split('.'));
    return typeof found === 'string' ? found.trim().slice(0, MAX_FAULT_CHARS) : '';
  };
  return {
    code: text('faultcode') || text('Code.Value'),
    text: text('faultstring') || text('Reason.Text'),
  };
}
