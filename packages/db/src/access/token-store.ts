import { gather, isCapability } from '@passerelle/roster';
import type { Author, Token, TokenFilter, TokenStore } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import type { ApiTokenModel } from '../generated/models.js';
import type { Ask } from '../statements.js';
import { recordEvent } from './audit-log.js';
import { beforeId, toPage } from './pages.js';

/** Its last use is written no more often: each call of a program would else write a row. */
const USE_NOTED_EVERY_MS = 60_000;

/** Tokens that are looked up together, at most. */
const TOKENS_AT_ONCE = 100;

/** Rights of programs, in `api_tokens`. */
export function createTokenStore(client: PrismaClient, ask: Ask): TokenStore {
  const findOne = gather((hashes: readonly string[]) => findByHash(ask, hashes), TOKENS_AT_ONCE);
  return {
    createToken: ({ hash: tokenHash, name, capabilities, siteCodes, expiresAt }, author, now) =>
      client.$transaction(async (tx) => {
        const rights = { name, capabilities, siteCodes, expiresAt };
        const row = await tx.apiToken.create({
          data: { ...rights, tokenHash, createdBy: author.by, createdAt: now },
        });
        const event = { action: 'token.created', entity: 'token', entityId: String(row.id) };
        await recordEvent(tx, { ...event, before: null, after: rights }, author, now);
        return toToken(row);
      }),
    listTokens: (filter) => listTokens(client, filter),
    getToken: async (id) => {
      const row = await client.apiToken.findUnique({ where: { id } });
      return row === null ? null : toToken(row);
    },
    revokeToken: (...args) => revokeToken(client, ...args),
    useToken: async (hash, now) => useToken(client, await findOne(hash), now),
  };
}

async function listTokens(
  client: PrismaClient,
  { withinSites, cursor, limit }: TokenFilter,
): Promise<{ items: Token[]; nextCursor: string | null }> {
  const rows = await client.apiToken.findMany({
    where: {
      AND: [
        beforeId(cursor),
        withinSites === undefined ? {} : { id: { in: await idsWithin(client, withinSites) } },
      ],
    },
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  return toPage(rows, limit, toToken);
}

/** A token without sites is one for everywhere. */
async function idsWithin(client: PrismaClient, siteCodes: readonly string[]): Promise<number[]> {
  const rows = await client.$queryRaw<{ id: number }[]>`
    SELECT id FROM api_tokens WHERE site_codes <> '{}' AND site_codes <@ ${siteCodes}::text[]`;
  return rows.map(({ id }) => id);
}

async function revokeToken(
  client: PrismaClient,
  id: number,
  author: Author,
  now: Date,
): Promise<Token | null> {
  return client.$transaction(async (tx) => {
    const { count } = await tx.apiToken.updateMany({
      where: { id, revokedAt: null },
      data: { revokedAt: now },
    });
    const row = await tx.apiToken.findUnique({ where: { id } });
    if (row === null) return null;
    if (count === 1) {
      const { name, capabilities, siteCodes, expiresAt } = row;
      const before = { name, capabilities, siteCodes, expiresAt };
      const event = { action: 'token.revoked', entity: 'token', entityId: String(id) };
      await recordEvent(tx, { ...event, before, after: null }, author, now);
    }
    return toToken(row);
  });
}

const FIND_BY_HASH = {
  name: 'find_tokens',
  text: `
    SELECT id, name, token_hash AS "tokenHash", capabilities, site_codes AS "siteCodes",
           created_by AS "createdBy", created_at AS "createdAt", expires_at AS "expiresAt",
           last_used_at AS "lastUsedAt", revoked_at AS "revokedAt"
      FROM api_tokens WHERE token_hash = ANY($1::text[])`,
};

/** As they are now: nothing is looked up before it was asked for. */
async function findByHash(ask: Ask, hashes: readonly string[]): Promise<(ApiTokenModel | null)[]> {
  const rows = await ask<ApiTokenModel>(FIND_BY_HASH, [[...new Set(hashes)]]);
  const byHash = new Map(rows.map((row) => [row.tokenHash, row]));
  return hashes.map((hash) => byHash.get(hash) ?? null);
}

async function useToken(
  client: PrismaClient,
  row: ApiTokenModel | null,
  now: Date,
): Promise<Token | null> {
  if (row === null || row.revokedAt !== null) return null;
  if (row.expiresAt !== null && row.expiresAt <= now) return null;
  const notedBefore = new Date(now.getTime() - USE_NOTED_EVERY_MS);
  if (row.lastUsedAt === null || row.lastUsedAt <= notedBefore) {
    await client.apiToken.updateMany({
      where: { id: row.id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lte: notedBefore } }] },
      data: { lastUsedAt: now },
    });
  }
  return toToken(row);
}

/** A capability that no longer exists gives nothing. */
function toToken({ tokenHash: _hash, capabilities, ...row }: ApiTokenModel): Token {
  return { ...row, capabilities: capabilities.filter(isCapability) };
}
