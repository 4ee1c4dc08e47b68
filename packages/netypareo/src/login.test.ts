import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NetypareoSource } from './source.js';
import { testContract } from './testing/contract.js';
import {
  envelope,
  faultEnvelope,
  startSoapServer,
  type TestServer,
  xml,
} from './testing/soap-server.js';
import { errorOf, testSource } from './testing/source.js';

const login = {
  operation: 'validerLogin',
  parameters: { login: '{{username}}', motDePasse: '{{password}}' },
  answers: [
    { path: 'return.valide', equals: 1, means: 'yes' },
    { path: 'return.valide', oneOf: ['0', 'non'], means: 'no' },
    { path: 'return.verrou', notEmpty: true, means: 'cannotTell' },
  ],
  faults: [
    { text: 'mot de passe', means: 'no' },
    { code: 'Server', means: 'cannotTell' },
  ],
};

let server: TestServer;
let source: NetypareoSource;
const signal = new AbortController().signal;

beforeEach(async () => {
  server = await startSoapServer(
    { operations: { validerLogin: ['login', 'motDePasse'] } },
    xml(envelope('<return><valide>1</valide></return>')),
  );
  source = testSource(testContract({ login }), server.wsdl);
});
afterEach(async () => {
  source.close();
  await server.close();
});

describe('validateLogin', () => {
  it.each([
    ['yes', envelope('<return><valide>1</valide><codeUtilisateur>5</codeUtilisateur></return>')],
    ['no', envelope('<return><valide> 0 </valide></return>')],
    [
      'no',
      envelope(
        '<return xsi:type="ns2:Map"><item><key>valide</key><value>non</value></item></return>',
      ),
    ],
    ['no', faultEnvelope('x', 'Mot de passe incorrect')],
  ])('says %s', async (verdict, answer) => {
    server.answerWith(xml(answer));
    expect(await source.validateLogin('zoé', '</motDePasse>&', signal)).toBe(verdict);
    expect(server.calls[0]?.body).toContain(
      '<login>zoé</login><motDePasse>&lt;/motDePasse&gt;&amp;</motDePasse>',
    );
  });

  it.each([
    ['contract_mismatch', envelope('<return><valide>2</valide></return>')],
    ['contract_mismatch', envelope('<return><verrou>x</verrou></return>')],
    ['contract_mismatch', envelope('<return/>')],
    ['soap_fault', faultEnvelope('Server', 'panne')],
    ['soap_fault', faultEnvelope('Other', 'panne')],
    ['overloaded', ''],
    ['overloaded', envelope('<return><valide>1</valide></return>').slice(0, -20)],
  ])('says that it cannot tell: %s', async (kind, answer) => {
    server.answerWith(xml(answer));
    const error = await errorOf(source.validateLogin('zoe.martin', 'geheim', signal));
    expect(error).toMatchObject({ name: 'SourceError', kind });
    expect(`${error.message} ${String(error.cause)}`).not.toMatch(/zoe\.martin|geheim/);
    expect(error.message).not.toContain('panne');
  });

  it('takes a no for a no, though the contract reads such faults of its own sign-in', async () => {
    source.close();
    const faults = [{ text: 'incorrect|refusé', means: 'refusedSignIn' }];
    source = testSource(testContract({ login, faults }), server.wsdl);
    server.answerWith(xml(faultEnvelope('Client', 'Mot de passe incorrect'), 500));
    expect(await source.validateLogin('zoe.martin', 'geheim', signal)).toBe('no');
    server.answerWith(xml(faultEnvelope('Server', 'Accès refusé'), 500));
    expect(await errorOf(source.validateLogin('zoe.martin', 'geheim', signal))).toMatchObject({
      kind: 'refused_sign_in',
    });
  });

  it('takes "cannot tell" by a rule of the contract for no mistake of the contract', async () => {
    server.answerWith(xml(envelope('<return><verrou>x</verrou></return>')));
    const error = await errorOf(source.validateLogin('zoe.martin', 'geheim', signal));
    expect(error.message).toContain('means neither yes nor no');
  });

  it('shows what no rule fits, and the words of a fault, beside the message', async () => {
    server.answerWith(xml(envelope('<return><etat>zoe.martin</etat></return>')));
    expect(await errorOf(source.validateLogin('zoe.martin', 'geheim', signal))).toMatchObject({
      said: 'The answer holds return (structure), return.etat (text).',
    });
    server.answerWith(xml(faultEnvelope('Other', 'panne'), 500));
    expect(await errorOf(source.validateLogin('zoe.martin', 'geheim', signal))).toMatchObject({
      said: 'The fault\'s code is "Other", its text "panne".',
    });
  });

  it('cannot tell without an operation for it', async () => {
    source.close();
    source = testSource(testContract(), server.wsdl);
    expect(await errorOf(source.validateLogin('a', 'b', signal))).toMatchObject({
      kind: 'contract_mismatch',
    });
  });
});
