import type { Context } from '../context.js';
import { freeBytes } from '../runtime/vitals.js';
import { broken, type Finding, fine, warn } from './finding.js';

const MEGABYTE = 1024 * 1024;
/** Below it PostgreSQL may stop any moment. */
const FULL_MB = 200;

/** Room on the disk of the data directory. */
export async function checkDisk({ config }: Context): Promise<Finding[]> {
  const advice = 'Make room there, or move the data directory (PASSERELLE_DATA_DIR).';
  const free = await freeBytes(config.dataDir);
  if (free === null) return [broken('disk', `${config.dataDir} cannot be used.`, advice)];
  const freeMb = Math.floor(free / MEGABYTE);
  const message = `${freeMb.toLocaleString('en-GB')} MB are free where ${config.dataDir} is.`;
  if (freeMb < FULL_MB) return [broken('disk', message, advice)];
  return [
    freeMb < config.alerts.diskFreeMb ? warn('disk', message, advice) : fine('disk', message),
  ];
}
