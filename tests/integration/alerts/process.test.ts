import { migrateQueue } from '@passerelle/queue';
import pg from 'pg';
import { expect, it } from 'vitest';
import { createCommandRoom } from '../../support/cli.js';
import { createTestDatabase } from '../../support/database.js';
import { endProcess } from '../../support/spawned.js';
import { eventually } from '../../support/patience.js';

it('a scheduler looks after the alerts, and says how it fares', async () => {
  const place = await createTestDatabase();
  await migrateQueue({ backend: { kind: 'postgres', url: place.url }, namespace: 'passerelle' });
  const room = await createCommandRoom({
    ...{ DATABASE_URL: place.url, PASSERELLE_HOUSEKEEPING_MS: '200' },
    // More than there can be: its own disk is the first thing it finds.
    PASSERELLE_ALERT_DISK_MB: '100000000',
  });
  const sql = new pg.Pool({ connectionString: place.url, max: 1 });
  const scheduler = await room.start(['scheduler'], 'started');

  await eventually(
    async () => {
      const { rows } = await sql.query(`SELECT kind, started_at AS "startedAt" FROM alerts`);
      expect(rows).toEqual([{ kind: 'disk_full', startedAt: null }]);
    },
    { interval: 200 },
  );
  const { rows: members } = await sql.query(`SELECT role, vitals FROM cluster_members`);
  expect(members).toEqual([
    {
      role: 'scheduler',
      vitals: {
        eventLoopP99Ms: expect.any(Number) as number,
        rssBytes: expect.any(Number) as number,
        diskFreeBytes: expect.any(Number) as number,
      },
    },
  ]);

  await endProcess(scheduler.child, 'SIGTERM');
  await sql.end();
  await room.remove();
  await place.drop();
});
