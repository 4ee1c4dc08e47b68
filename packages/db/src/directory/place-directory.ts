import type { PlaceDirectory } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { listDefinitions } from './definitions.js';
import { getGroup, listGroups } from './groups.js';
import { listMembers } from './members.js';
import { getSite, listSites } from './sites.js';
import { visibleAmong } from './visible-among.js';

/** Looking groups, sites and definitions up. */
export function createPlaceDirectory(client: PrismaClient): PlaceDirectory {
  return {
    listGroups: (filter) => listGroups(client, filter),
    getGroup: async (...args) => {
      const found = await getGroup(client, ...args);
      if (found === null) return null;
      const { id: _id, ...group } = found;
      return group;
    },
    listMembers: (...args) => listMembers(client, ...args),
    listSites: (filter) => listSites(client, filter),
    getSite: (...args) => getSite(client, ...args),
    listDefinitions: (filter) => listDefinitions(client, filter),
    visibleAmong: (...args) => visibleAmong(client, ...args),
  };
}
