import { READINGS } from '@passerelle/roster';
import { parseContract } from '../contract/load.js';
import type { Contract } from '../contract/schema.js';

/** A small valid contract; `changes` are merged over its top level, `readings` over its readings. */
export function testContract(
  changes: Record<string, unknown> = {},
  readings: Record<string, unknown> = {},
): Contract {
  return parseContract(JSON.stringify(testContractData(changes, readings)), 'test.yaml');
}

export function testContractData(
  changes: Record<string, unknown> = {},
  readings: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    version: 1,
    name: 'Test',
    signIn: { method: 'none' },
    login: 'none',
    readings: {
      ...Object.fromEntries(READINGS.map((reading) => [reading, 'none'])),
      sites: SITES,
      ...readings,
    },
    ...changes,
  };
}

export const SITES = {
  operation: 'getSites',
  records: 'return',
  fields: { code: 'codeSite', name: 'nomSite', shortName: 'abregeSite' },
};

export const STUDENTS = {
  operation: 'getApprenants',
  parameters: { codesPeriode: '{{period.code}}', codesSite: '{{site.code}}' },
  split: ['period', 'site'],
  records: 'return',
  fields: {
    code: 'codeApprenant',
    lastName: 'nomApprenant',
    firstName: 'prenomApprenant',
    email: 'adresse.email',
    birthDate: 'dateNaissance',
  },
  lists: {
    enrolments: {
      path: 'inscriptions',
      fields: { code: 'codeInscription', current: 'isInscriptionEnCours', groupCode: 'codeGroupe' },
    },
  },
};
