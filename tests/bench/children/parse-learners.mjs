import { SaxesParser } from 'saxes';

/** What is read of a learner, by element name. */
export const PERSON = new Set([
  ...['codeApprenant', 'nomApprenant', 'prenomApprenant', 'dateNaissance', 'login'],
  ...['codeTypeUtilisateur', 'dateModification'],
]);
/** What is read of an enrolment. */
export const ENROLMENT = new Set([
  ...['codeInscription', 'isInscriptionEnCours', 'isInscriptionFc', 'codePeriode', 'codeSite'],
  ...['codeStatut', 'codeAnnee', 'codeCursus', 'codeFormation', 'codeGroupe'],
  ...['dateDebut', 'dateDepart'],
]);

/**
 * Streams a getApprenants answer (document/literal) into plain records: the
 * fields by their NetYParéo names, `email`, and the list `inscriptions`.
 *
 * @param {(learner: object) => void} onLearner
 */
export function createLearnerParser(onLearner) {
  const parser = new SaxesParser({ xmlns: false, position: false });
  const path = [];
  let learner = null;
  let enrolment = null;
  let text = '';
  parser.on('opentag', ({ name }) => {
    text = '';
    if (name === 'apprenant') learner = { inscriptions: [] };
    else if (name === 'inscription') enrolment = {};
    path.push(name);
  });
  parser.on('text', (piece) => {
    text += piece;
  });
  parser.on('closetag', ({ name }) => {
    path.pop();
    const parent = path[path.length - 1];
    if (parent === 'inscription') {
      if (ENROLMENT.has(name)) enrolment[name] = text;
    } else if (parent === 'apprenant') {
      if (PERSON.has(name)) learner[name] = text;
    } else if (name === 'inscription') {
      learner.inscriptions.push(enrolment);
    } else if (parent === 'adresse' && name === 'email') {
      learner.email = text;
    } else if (name === 'apprenant') {
      onLearner(learner);
    }
    text = '';
  });
  parser.on('error', (error) => {
    throw error;
  });
  return {
    write: (piece) => void parser.write(piece),
    end: () => void parser.close(),
  };
}
