import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call as the test server saw it. */
export interface SeenCall {
  operation: string;
  body: string;
  headers: IncomingMessage['headers'];
}

export type Responder = (call: SeenCall, response: ServerResponse) => void;

/** A small SOAP server whose every answer a test writes by hand. */
export interface TestServer {
  wsdl: string;
  calls: SeenCall[];
  /** Replaces what answers calls. */
  answerWith(responder: Responder): void;
  close(): Promise<void>;
}

export interface TestServerOptions {
  operations: Record<string, string[]>;
  style?: 'document' | 'rpc';
}

export async function startSoapServer(
  options: TestServerOptions,
  responder: Responder,
): Promise<TestServer> {
  let respond = responder;
  const calls: SeenCall[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      if (request.method === 'GET') {
        response.setHeader('content-type', 'text/xml');
        response.end(wsdlOf(options, `http://${request.headers.host}/ws`));
        return;
      }
      const operation = /<(?:\w+:)?Body[^>]*>\s*<(?:\w+:)?(\w+)/.exec(body)?.[1] ?? '';
      const call = { operation, body, headers: request.headers };
      calls.push(call);
      respond(call, response);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    wsdl: `http://127.0.0.1:${port}/ws?wsdl`,
    calls,
    answerWith: (next) => {
      respond = next;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** An answer with status 200 and an XML type. */
export function xml(body: string, status = 200): Responder {
  return (_call, response) => {
    response.writeHead(status, { 'content-type': 'text/xml; charset=utf-8' });
    response.end(body);
  };
}

const PREFIXES =
  'xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:ns1="urn:test" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:SOAP-ENC="http://schemas.xmlsoap.org/soap/encoding/" xmlns:ns2="http://xml.apache.org/xml-soap"';

/** An envelope as PHP's SoapServer writes it. */
export function envelope(inside: string, operation = 'getX'): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<SOAP-ENV:Envelope ${PREFIXES}><SOAP-ENV:Body><ns1:${operation}Response>${inside}</ns1:${operation}Response></SOAP-ENV:Body></SOAP-ENV:Envelope>\n`;
}

export function faultEnvelope(code: string, text: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<SOAP-ENV:Envelope ${PREFIXES}><SOAP-ENV:Body><SOAP-ENV:Fault><faultcode>${code}</faultcode><faultstring>${text}</faultstring></SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>\n`;
}

function wsdlOf({ operations, style = 'document' }: TestServerOptions, location: string): string {
  const names = Object.keys(operations);
  const isRpc = style === 'rpc';
  const types = names.map((name) => elementOf(name, operations[name] ?? [])).join('');
  const messages = names
    .map((name) =>
      isRpc
        ? `<message name="${name}Request">${(operations[name] ?? []).map((part) => `<part name="${part}" type="xsd:string"/>`).join('')}</message><message name="${name}Response"><part name="return" type="xsd:anyType"/></message>`
        : `<message name="${name}Request"><part name="parameters" element="tns:${name}"/></message><message name="${name}Response"><part name="parameters" element="tns:${name}Response"/></message>`,
    )
    .join('');
  const ports = names
    .map(
      (name) =>
        `<operation name="${name}"><input message="tns:${name}Request"/><output message="tns:${name}Response"/></operation>`,
    )
    .join('');
  const use = isRpc
    ? '<soap:body use="encoded" namespace="urn:test" encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"/>'
    : '<soap:body use="literal"/>';
  const bound = names
    .map(
      (name) =>
        `<operation name="${name}"><soap:operation soapAction="urn:test#${name}"/><input>${use}</input><output>${use}</output></operation>`,
    )
    .join('');
  return `<?xml version="1.0"?><definitions name="Test" targetNamespace="urn:test" xmlns:tns="urn:test" xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><types><xsd:schema targetNamespace="urn:test">${isRpc ? '' : types}</xsd:schema></types>${messages}<portType name="TestPort">${ports}</portType><binding name="TestBinding" type="tns:TestPort"><soap:binding style="${style}" transport="http://schemas.xmlsoap.org/soap/http"/>${bound}</binding><service name="Test"><port name="TestPort" binding="tns:TestBinding"><soap:address location="${location}"/></port></service></definitions>`;
}

function elementOf(name: string, parameters: readonly string[]): string {
  const inputs = parameters
    .map((part) => `<xsd:element name="${part}" type="xsd:string"/>`)
    .join('');
  return `<xsd:element name="${name}"><xsd:complexType><xsd:sequence>${inputs}</xsd:sequence></xsd:complexType></xsd:element><xsd:element name="${name}Response"><xsd:complexType><xsd:sequence><xsd:element name="return" type="xsd:anyType"/></xsd:sequence></xsd:complexType></xsd:element>`;
}
