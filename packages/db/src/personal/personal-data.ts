import type { PersonalData, PersonExport, PersonReference, Warrant } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { TRANSACTION } from '../stores/lock-run.js';
import { allowUser } from './allow-user.js';
import { recordPersonEvent } from './audit.js';
import { eraseLeavers } from './erase-leavers.js';
import { eraseUser, previewErasure } from './erase-user.js';
import { readErasedPeople } from './erased-people.js';
import { findPerson } from './find-person.js';
import { selectRows } from './person-rows.js';
import { exportStaged } from './staged-rows.js';
import { tablesOnPeople } from './tables.js';

/** Export, erasure and what is remembered of it. */
export function createPersonalData(client: PrismaClient): PersonalData {
  return {
    exportUser: (...args) => exportUser(client, ...args),
    eraseUser: (...args) => eraseUser(client, ...args),
    eraseLeavers: (...args) => eraseLeavers(client, ...args),
    previewErasure: (person) => previewErasure(client, person),
    allowUser: (...args) => allowUser(client, ...args),
    erasedPeople: () => readErasedPeople(client),
  };
}

/** All tables as of one moment. */
async function exportUser(
  client: PrismaClient,
  reference: PersonReference,
  { by, from = null }: Omit<Warrant, 'reason'>,
  now: Date,
): Promise<PersonExport | null> {
  const isolationLevel = 'RepeatableRead';
  return client.$transaction(
    async (tx) => {
      const person = await findPerson(tx, reference);
      if (person === null) return null;
      const tables: PersonExport['tables'] = {};
      for (const table of await tablesOnPeople(tx)) {
        tables[table.name] = await selectRows(tx, table, person);
      }
      tables['staging'] = await exportStaged(tx, person);
      if (Object.values(tables).every((rows) => rows.length === 0)) return null;
      await recordPersonEvent(tx, 'user.exported', person, { by, from, reason: null }, now);
      return { kind: person.kind, code: person.code, tables };
    },
    { ...TRANSACTION, isolationLevel },
  );
}
