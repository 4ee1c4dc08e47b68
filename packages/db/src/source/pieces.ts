import { READINGS } from '@passerelle/roster';
import type { LearntPiece } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import type { Sql } from './state-row.js';

/** How finely things must be asked for; a reading that this version does not know is left out. */
export async function listPieces(client: PrismaClient): Promise<LearntPiece[]> {
  const rows = await client.sourcePiece.findMany({ orderBy: { id: 'asc' } });
  return rows.flatMap(({ reading: stored, siteCode, groupCode, byGroup, pageLimit, learntAt }) => {
    const reading = READINGS.find((known) => known === stored);
    if (reading === undefined) return [];
    return [{ reading, siteCode, groupCode, byGroup, pageLimit, learntAt }];
  });
}

export async function learnPiece(sql: Sql, piece: Omit<LearntPiece, 'learntAt'>): Promise<void> {
  const { reading, siteCode, groupCode, byGroup, pageLimit } = piece;
  await sql.$executeRaw`
    INSERT INTO source_pieces (reading, site_code, group_code, by_group, page_limit, learnt_at)
    VALUES (${reading}, ${siteCode}, ${groupCode}, ${byGroup}::bool, ${pageLimit}::int,
            clock_timestamp())
    ON CONFLICT (reading, site_code, group_code) DO UPDATE
    SET by_group = excluded.by_group, page_limit = excluded.page_limit,
        learnt_at = excluded.learnt_at`;
}
