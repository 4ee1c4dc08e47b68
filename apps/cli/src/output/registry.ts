import type { RegistrySummary } from '@passerelle/sync';
import { showCount } from './format.js';
import { renderFacts } from './table.js';

/** What the registry holds, in people's words. */
export function renderRegistry(registry: RegistrySummary): string {
  const { groups, users } = registry;
  return renderFacts([
    ['Sites', showCount(registry.sites)],
    [
      'Groups',
      `${showCount(groups.initial)}, and ${showCount(groups.continuing)} of continuing education`,
    ],
    ['Learners', showCount(users.student)],
    ['Teachers', showCount(users.teacher)],
    ['Tutors', showCount(users.tutor)],
    ['Memberships', showCount(registry.memberships)],
    ['Tutorships', showCount(registry.tutorships)],
    ['Definitions', showCount(registry.definitions)],
  ]);
}
