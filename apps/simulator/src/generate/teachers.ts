import { addDays } from '../dates.js';
import type { Assignment, Group, Teacher } from '../model.js';
import { createRng, pickAt, type Rng } from '../random.js';
import type { CentreShape } from '../shape.js';
import { USER_TYPE } from './definitions.js';
import { createIdentity } from './identity.js';
import type { Structure } from './structure.js';

/** Makes the teacher at a position: head of some groups, teaching in others. */
export function createTeacher(shape: CentreShape, structure: Structure, index: number): Teacher {
  const rng = createRng(shape.seed, 22, index);
  const identity = createIdentity(shape, 'teacher', index, rng);
  const groups = groupsTaught(shape, structure, index, rng);
  return {
    ...identity,
    typeCode: rng.chance(0.05) ? null : rng.chance(0.3) ? USER_TYPE.trainer : USER_TYPE.teacher,
    modifiedOn: addDays(shape.origin, -rng.between(1, 900)),
    siteCode: (groups[0] ?? pickAt(structure.initial, index)).siteCode,
    assignments: groups.map((group) => assign(group, rng)),
    present: true,
  };
}

function groupsTaught(
  shape: CentreShape,
  structure: Structure,
  index: number,
  rng: Rng,
): readonly Group[] {
  const groups = new Set<Group>();
  if (index < shape.teachers) {
    for (let own = index; own < structure.initial.length; own += shape.teachers) {
      groups.add(pickAt(structure.initial, own));
    }
  }
  for (let more = rng.between(1, 3); more > 0; more -= 1) {
    groups.add(rng.pick(structure.initial));
  }
  if (structure.continuing.length > 0 && rng.chance(0.2)) {
    groups.add(rng.pick(structure.continuing));
  }
  if (rng.chance(0.5)) {
    groups.add(rng.pick(structure.pastInitial));
  }
  return [...groups];
}

function assign(group: Group, rng: Rng): Assignment {
  const partial = group.kind === 'initial' && rng.chance(0.1);
  return {
    groupCode: group.code,
    periodCode: group.periodCode,
    continuing: group.kind === 'continuing',
    startsOn: rng.chance(0.2) ? null : group.startsOn,
    endsOn: partial
      ? addDays(group.startsOn, rng.between(20, 300))
      : rng.chance(0.2)
        ? null
        : group.endsOn,
  };
}
