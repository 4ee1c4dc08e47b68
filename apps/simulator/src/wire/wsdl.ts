import {
  type FieldType,
  NAMESPACE,
  OPERATIONS,
  type OperationName,
  RECORD_TYPES,
} from './schema.js';
import type { Style } from './style.js';
import { escapeXml } from './value.js';

const NAMES = Object.keys(OPERATIONS) as OperationName[];

/** The service's description, for one style and one address. */
export function renderWsdl(style: Style, endpoint: string): string {
  const literal = style === 'literal';
  return `<?xml version="1.0" encoding="UTF-8"?>
<definitions name="NetYpareo" targetNamespace="${NAMESPACE}" xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:tns="${NAMESPACE}" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:soap-enc="http://schemas.xmlsoap.org/soap/encoding/" xmlns:apachesoap="http://xml.apache.org/xml-soap">
${literal ? literalTypes() : ''}${NAMES.map(literal ? literalMessages : encodedMessages).join('')}
<portType name="NetYpareoPort">${NAMES.map(portOperation).join('')}
</portType>
<binding name="NetYpareoBinding" type="tns:NetYpareoPort">
<soap:binding style="${literal ? 'document' : 'rpc'}" transport="http://schemas.xmlsoap.org/soap/http"/>${NAMES.map(
    (name) => bindingOperation(name, literal),
  ).join('')}
</binding>
<service name="NetYpareoService">
<port name="NetYpareoPort" binding="tns:NetYpareoBinding"><soap:address location="${escapeXml(endpoint)}"/></port>
</service>
</definitions>
`;
}

function literalTypes(): string {
  const records = Object.entries(RECORD_TYPES).map(
    ([name, fields]) =>
      `\n<xsd:complexType name="${name}"><xsd:sequence>${Object.entries(fields)
        .map(([field, type]) => element(field, type))
        .join('')}</xsd:sequence></xsd:complexType>`,
  );
  const lists = [...listedTypes()].map(
    (name) =>
      `\n<xsd:complexType name="${name}Liste"><xsd:sequence><xsd:element name="${name}" type="tns:${name}" minOccurs="0" maxOccurs="unbounded"/></xsd:sequence></xsd:complexType>`,
  );
  const wrappers = NAMES.map((name) => {
    const { parameters, answer } = OPERATIONS[name];
    const asked = parameters.map(
      (parameter) => `<xsd:element name="${parameter}" type="xsd:string" minOccurs="0"/>`,
    );
    return (
      `\n<xsd:element name="${name}"><xsd:complexType><xsd:sequence>${asked.join('')}</xsd:sequence></xsd:complexType></xsd:element>` +
      `\n<xsd:element name="${name}Response"><xsd:complexType><xsd:sequence>${element('return', answer)}</xsd:sequence></xsd:complexType></xsd:element>`
    );
  });
  return `<types><xsd:schema targetNamespace="${NAMESPACE}">${[...records, ...lists, ...wrappers].join('')}\n</xsd:schema></types>`;
}

/** Types of which there are lists, in answers or in records. */
function listedTypes(): Set<string> {
  const fields = Object.values(RECORD_TYPES).flatMap((record) => Object.values(record));
  const answers = NAMES.map((name): FieldType => OPERATIONS[name].answer);
  return new Set(
    [...fields, ...answers].flatMap((type) =>
      typeof type === 'object' && 'list' in type ? [type.list] : [],
    ),
  );
}

function element(name: string, type: FieldType): string {
  const typeName =
    typeof type === 'string'
      ? `xsd:${type}`
      : 'list' in type
        ? `tns:${type.list}Liste`
        : `tns:${type.record}`;
  return `<xsd:element name="${name}" type="${typeName}" nillable="true" minOccurs="0"/>`;
}

const literalMessages = (name: OperationName): string => `
<message name="${name}Request"><part name="parameters" element="tns:${name}"/></message>
<message name="${name}Response"><part name="parameters" element="tns:${name}Response"/></message>`;

function encodedMessages(name: OperationName): string {
  const { parameters, answer } = OPERATIONS[name];
  const parts = parameters.map((parameter) => `<part name="${parameter}" type="xsd:string"/>`);
  const type = 'list' in answer ? 'soap-enc:Array' : 'apachesoap:Map';
  return `
<message name="${name}Request">${parts.join('')}</message>
<message name="${name}Response"><part name="return" type="${type}"/></message>`;
}

const portOperation = (name: OperationName): string => `
<operation name="${name}"><input message="tns:${name}Request"/><output message="tns:${name}Response"/></operation>`;

function bindingOperation(name: OperationName, literal: boolean): string {
  const body = literal
    ? '<soap:body use="literal"/>'
    : `<soap:body use="encoded" namespace="${NAMESPACE}" encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"/>`;
  return `
<operation name="${name}"><soap:operation soapAction="${NAMESPACE}#${name}"/><input>${body}</input><output>${body}</output></operation>`;
}
