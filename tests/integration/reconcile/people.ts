import type { StagedMembership, StagedPerson, StagedTutorship } from '@passerelle/roster';

/** A person to stage; the hash stands for all that is said, as the normaliser's does. */
export function person(code: string, said: Partial<StagedPerson> = {}): StagedPerson {
  const row: StagedPerson = {
    code,
    login: null,
    lastName: `Nom${code}`,
    firstName: 'Zoé',
    email: null,
    birthDate: null,
    siteCode: null,
    usertypeCode: null,
    statusCode: null,
    cursusCode: null,
    programCode: null,
    programStepCode: null,
    sourceModifiedAt: null,
    memberships: [],
    tutorships: [],
    hash: '',
    ...said,
  };
  if (said.hash === undefined) {
    const { sourceModifiedAt: _, ...covered } = row;
    row.hash = JSON.stringify(covered);
  }
  return row;
}

/** A learner's place in a group of initial training, without dates unless given. */
export function place(groupCode: string, said: Partial<StagedMembership> = {}): StagedMembership {
  return {
    groupKind: 'initial',
    groupCode,
    role: 'student',
    startsOn: null,
    endsOn: null,
    ...said,
  };
}

/** A tutor's charge of a learner, without dates unless given. */
export function charge(studentCode: string, said: Partial<StagedTutorship> = {}): StagedTutorship {
  return {
    studentCode,
    companyCode: 'C1',
    company: 'Café & Fils',
    startsOn: null,
    endsOn: null,
    ...said,
  };
}
