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
  const fields = fieldsOf(type);
  if (fields.length === 0) return [`${indent}${typeof type === 'string' ? type : 'nothing'}`];
  return fields.flatMap(([name, inner]) =>
    typeof inner === 'string'
      ? [`${indent}${name}: ${inner}`]
      : [`${indent}${name}`, ...outline(inner, `${indent}  `)],
  );
}

/** Without what node-soap adds of its own. */
function fieldsOf(type: unknown): [string, unknown][] {
  if (typeof type !== 'object' || type === null) return [];
  return Object.entries(type).filter(([name]) => !name.startsWith('targetN'));
}
