import type { OperationDescription } from '@passerelle/netypareo';

/** An operation of a WSDL, with its types as an indented outline. */
export function renderOperation({
  operation,
  service,
  port,
  input,
  output,
}: OperationDescription): string {
  return [
    `${operation}  (${service}, ${port})`,
    '  in',
    ...outline(input, '    '),
    '  out',
    ...outline(output, '    '),
  ].join('\n');
}

/** node-soap describes a type as nested objects whose leaves name the XML type. */
function outline(type: unknown, indent: string): string[] {
  if (typeof type !== 'object' || type === null) {
    return [`${indent}${type === undefined ? 'nothing' : String(type)}`];
  }
  const entries = Object.entries(type).filter(([name]) => !name.startsWith('targetN'));
  if (entries.length === 0) return [`${indent}nothing`];
  return entries.flatMap(([name, inner]) =>
    typeof inner === 'object' && inner !== null
      ? [`${indent}${name}`, ...outline(inner, `${indent}  `)]
      : [`${indent}${name}: ${String(inner)}`],
  );
}
