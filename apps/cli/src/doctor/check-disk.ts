import { mkdir, statfs } from 'node:fs/promises';
import type { Context } from '../context.js';
import { broken, type Finding, fine, warn } from './finding.js';

const MEGABYTE = 1024 * 1024;
/** Below it a large sync may not fit. */
const TIGHT_MB = 1024;
/** Below it PostgreSQL may stop any moment. */
const FULL_MB = 200;

/** Room on the disk of the data directory. */
export async function checkDisk({ config }: Context): Promise<Finding[]> {
  await mkdir(config.dataDir, { recursive: true });
  const { bavail, bsize } = await statfs(config.dataDir);
  const freeMb = Math.floor((bavail * bsize) / MEGABYTE);
  const message = `${freeMb.toLocaleString('en-GB')} MB are free where ${config.dataDir} is.`;
  const advice = 'Make room there, or move the data directory (PASSERELLE_DATA_DIR).';
  if (freeMb < FULL_MB) return [broken('disk', message, advice)];
  return [freeMb < TIGHT_MB ? warn('disk', message, advice) : fine('disk', message)];
}
