import { DEFINITIONS } from './generate/definitions.js';
import { passDays } from './generate/days.js';
import { createLearner } from './generate/learners.js';
import { createRoll } from './generate/roll.js';
import { createStructure } from './generate/structure.js';
import { createTeacher } from './generate/teachers.js';
import { createTutors } from './generate/tutors.js';
import type { Centre } from './model.js';
import { type CentreOptions, resolveShape } from './shape.js';

/** Makes up a training centre; the same options give the same centre. */
export function createCentre(options: CentreOptions): Centre {
  const shape = resolveShape(options);
  const structure = createStructure(shape);
  const learners = createRoll(shape.learners + shape.formerLearners, (index) =>
    createLearner(shape, structure, index),
  );
  const teachers = Array.from({ length: shape.teachers }, (_, index) =>
    createTeacher(shape, structure, index),
  );
  const centre: Centre = {
    shape,
    periods: [structure.past, structure.current, structure.next],
    definitions: DEFINITIONS,
    sites: structure.sites,
    groups: [
      ...structure.initial,
      ...structure.continuing,
      ...structure.pastInitial,
      ...structure.pastContinuing,
    ],
    learners,
    teachers,
    tutors: createTutors(shape, structure, teachers),
  };
  passDays(centre, structure);
  return centre;
}
