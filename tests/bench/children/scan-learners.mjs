// The plainest use of the product's own XML scanner, for the comparison of P2.
import { createXmlScanner } from '@passerelle/netypareo';
import { ENROLMENT, PERSON } from './parse-learners.mjs';

const LIMITS = { maxDepth: 64, maxTextChars: 1024 * 1024 };
/** Elements that are entered for what is in them. */
const AROUND = new Set([
  ...['Envelope', 'Body', 'getApprenantsResponse', 'return', 'apprenant', 'adresse'],
  ...['inscriptions', 'inscription'],
]);

/**
 * As `createLearnerParser`, but takes bytes and passes over what is not asked for.
 *
 * @param {(learner: object) => void} onLearner
 */
export function createLearnerScanner(onLearner) {
  const path = [];
  let learner = null;
  let enrolment = null;
  let text = '';
  const isField = (name, parent) =>
    (parent === 'apprenant' && PERSON.has(name)) ||
    (parent === 'inscription' && ENROLMENT.has(name)) ||
    (parent === 'adresse' && name === 'email');
  const scanner = createXmlScanner(
    {
      open({ local: name }, isInside) {
        if (isInside || !(AROUND.has(name) || isField(name, path[path.length - 1]))) return false;
        text = '';
        if (name === 'apprenant') learner = { inscriptions: [] };
        else if (name === 'inscription') enrolment = {};
        path.push(name);
        return true;
      },
      wantsText: () => 1,
      text(piece) {
        text += piece;
      },
      close() {
        const name = path.pop();
        const parent = path[path.length - 1];
        if (name === 'inscription') learner.inscriptions.push(enrolment);
        else if (name === 'apprenant') onLearner(learner);
        else if (parent === 'inscription') enrolment[name] = text;
        else if (parent === 'adresse') learner.email = text;
        else if (parent === 'apprenant' && PERSON.has(name)) learner[name] = text;
        text = '';
      },
    },
    LIMITS,
  );
  return {
    takes: 'bytes',
    write: (chunk) => scanner.write(chunk),
    end() {
      if (!scanner.end()) throw new Error('The answer was cut off.');
    },
  };
}
