import { createHash, randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { SqlClient } from '../staging/tables.js';

/** What the rows of one attempt are recognised by; null where the address is unknown. */
export interface AttemptKeys {
  account: string;
  /** The account from this network. */
  pair: string | null;
  network: string | null;
}

/**
 * The registry's own way of hashing logins and addresses, the same in all processes;
 * its key is made when it is first needed.
 */
export async function attemptHasher(
  db: SqlClient,
): Promise<(login: string, address: string | null) => AttemptKeys> {
  const [row] = await db.$queryRawUnsafe<{ key: string }[]>(
    `INSERT INTO login_key (id, key) VALUES (1, $1::text)
     ON CONFLICT (id) DO UPDATE SET key = login_key.key RETURNING key`,
    randomBytes(32).toString('hex'),
  );
  if (row === undefined) throw new Error('The key for attempts to log in could not be kept.');
  const hash = (what: string): string =>
    createHash('sha256').update(row.key).update(what).digest('hex');
  return (login, address) => {
    const account = `account:${foldLogin(login)}`;
    const network = address === null ? null : `network:${networkOf(address)}`;
    return {
      account: hash(account),
      pair: network === null ? null : hash(`${account}\n${network}`),
      network: network && hash(network),
    };
  };
}

/** The same in SQL: the account key of a registered login in `sql`. */
export function accountKeySql(sql: string): string {
  const folded = `lower(regexp_replace(normalize(${sql}, NFKD), '[\\u0300-\\u036F\\s]', '', 'g'))`;
  return `encode(sha256(convert_to((SELECT key FROM login_key) || 'account:' || ${folded}, 'UTF8')), 'hex')`;
}

/**
 * What databases hold to be one login: case, accents, widths and spaces apart. Else
 * each way of writing it would be tried anew.
 */
function foldLogin(login: string): string {
  return login
    .normalize('NFKD')
    .replace(/[\u0300-\u036F\s]/g, '')
    .toLowerCase();
}

/** An IPv4 address, or the first half of an IPv6 one: what one customer is given. */
function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  const [head = '', tail] = address.replace(/%.*$/, '').toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const last = tail === '' ? [] : tail.split(':');
    groups.push(...Array.from({ length: Math.max(0, 8 - groups.length - last.length) }, () => '0'));
    groups.push(...last);
  }
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
