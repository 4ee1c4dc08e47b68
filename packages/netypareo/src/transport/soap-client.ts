import soap from 'soap';
import type { ParameterValue } from '../contract/template.js';
import type { HttpRequest } from './http.js';
import { mismatch } from './errors.js';

/** How a call is signed: parameters come with the others, headers with the request. */
export interface Signature {
  parameters?: Record<string, ParameterValue>;
  headers?: Record<string, string>;
  soapHeader?: { name: string; namespace: string | undefined; value: string };
  security?: { username: string; password: string; type: 'text' | 'digest'; timestamp: boolean };
}

/** An operation as the WSDL has it, with the names and types of what goes in and out. */
export interface OperationDescription {
  service: string;
  port: string;
  operation: string;
  input: unknown;
  output: unknown;
}

/** Knows the WSDL; builds envelopes, and makes no call. */
export interface SoapClient {
  operations(): OperationDescription[];
  /** @throws SourceError if the WSDL has no such operation */
  buildRequest(
    operation: string,
    parameters: Record<string, ParameterValue>,
    signature: Signature,
  ): HttpRequest;
}

export interface SoapClientOptions {
  wsdl: string;
  /** Instead of the WSDL's own address. */
  endpoint: string | undefined;
  soapVersion: '1.1' | '1.2';
  service: string | undefined;
  port: string | undefined;
  /** Reads a WSDL, or a file it includes, over HTTP. */
  fetchText(url: string): Promise<string>;
}

/**
 * Reads the WSDL with node-soap. Its HTTP client is replaced by one that fetches
 * with ours and, for calls, only takes the envelope down: node-soap parses
 * answers whole and blocks the event loop meanwhile (facts/stack.md).
 */
export async function createSoapClient(options: SoapClientOptions): Promise<SoapClient> {
  let captured: HttpRequest | undefined;
  const httpClient: soap.IHttpClient = {
    // biome-ignore format: one line per case
    request: (url: string, body: string | null, callback: HttpCallback, headers?: Record<string, string>) => {
      if (body === null) {
        options.fetchText(url).then(
          (text) => callback(null, { status: 200 }, text),
          (error: unknown) => callback(error),
        );
      } else {
        captured = { url, method: 'POST', body, headers: headers ?? {} };
      }
      return NEVER;
    },
  };
  const client = await soap.createClientAsync(
    options.wsdl,
    {
      disableCache: true,
      httpClient,
      forceSoap12Headers: options.soapVersion === '1.2',
    },
    options.endpoint,
  );
  const find = (operation: string) => findOperation(client, operation, options);
  return {
    operations: () => describe(client),
    buildRequest(operation, parameters, signature) {
      const invoke = find(operation);
      const all = { ...parameters, ...signature.parameters };
      applySignature(client, signature);
      captured = undefined;
      try {
        invoke(all, ignore, {}, signature.headers);
      } catch {
        // Told below; node-soap's own message may quote parameters.
      }
      forgetRequest(client);
      if (captured !== undefined) return captured;
      throw mismatch(operation, 'its WSDL describes it in a way that no call can be made from');
    },
  };
}

type HttpCallback = (error: unknown, response?: { status: number }, body?: string) => void;
type Invoke = (
  args: Record<string, ParameterValue>,
  callback: () => void,
  options: object,
  headers: Record<string, string> | undefined,
) => void;

/** node-soap never waits for what `request` returns. */
const NEVER = new Promise<never>(() => {});
const ignore = () => {};

/** node-soap keeps the last envelope, and with it somebody's password. */
function forgetRequest(client: soap.Client): void {
  Object.assign(client, { lastRequest: undefined, lastMessage: undefined });
}

function applySignature(client: soap.Client, { security, soapHeader }: Signature): void {
  client.clearSoapHeaders();
  if (soapHeader !== undefined) {
    client.addSoapHeader({ [soapHeader.name]: soapHeader.value }, '', 'auth', soapHeader.namespace);
  }
  // node-soap has no way to take a security object off again: an empty one does.
  client.setSecurity(
    security === undefined
      ? { toXML: () => '' }
      : new soap.WSSecurity(security.username, security.password, {
          passwordType: security.type === 'digest' ? 'PasswordDigest' : 'PasswordText',
          hasTimeStamp: security.timestamp,
        }),
  );
}

function findOperation(
  client: soap.Client,
  operation: string,
  { service, port }: SoapClientOptions,
): Invoke {
  const services = client.wsdl.definitions.services ?? {};
  for (const [serviceName, { ports }] of Object.entries(services)) {
    if (service !== undefined && service !== serviceName) continue;
    for (const [portName, { binding }] of Object.entries(ports)) {
      if (port !== undefined && port !== portName) continue;
      const method = binding.methods[operation];
      if (method === undefined) continue;
      const defined = client as unknown as Record<string, Record<string, Record<string, Invoke>>>;
      const invoke = defined[serviceName]?.[portName]?.[operation];
      if (invoke === undefined) continue;
      // An rpc operation that declares no parameters could neither be called with a
      // sign-in parameter nor, by node-soap, without one.
      if ((method.style ?? binding.style) === 'rpc') method.input.parts ??= {};
      return invoke;
    }
  }
  throw mismatch(operation, `its WSDL has no operation ${operation}`);
}

function describe(client: soap.Client): OperationDescription[] {
  const services = client.describe() as Record<
    string,
    Record<string, Record<string, { input: unknown; output: unknown }>>
  >;
  return Object.entries(services).flatMap(([service, ports]) =>
    Object.entries(ports).flatMap(([port, operations]) =>
      Object.entries(operations).map(([operation, { input, output }]) => ({
        service,
        port,
        operation,
        input,
        output,
      })),
    ),
  );
}
