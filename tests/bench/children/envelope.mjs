// The raw request for one part's learners, in the form that Passerelle sends it
// (the simulator keeps rendered answers by the parameters it was asked with).

/**
 * @param {{ period: string, group: string }} part
 * @returns {{ body: string, headers: Record<string, string> }}
 */
export function askFor({ period, group }) {
  const body =
    '<?xml version="1.0" encoding="utf-8"?>' +
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:tns="urn:netypareo">' +
    `<soap:Body><tns:getApprenants><codesPeriode>${period}</codesPeriode><codesSite></codesSite>` +
    `<codesGroupe>${group}</codesGroupe></tns:getApprenants></soap:Body></soap:Envelope>`;
  return {
    body,
    headers: {
      'content-type': 'text/xml; charset=utf-8',
      'content-length': String(Buffer.byteLength(body)),
      soapaction: '"urn:netypareo#getApprenants"',
    },
  };
}
