import type { IsoDate } from '@passerelle/roster';

/** A `date` column comes as midnight UTC. */
export function toIsoDate(date: Date): IsoDate;
export function toIsoDate(date: Date | null): IsoDate | null;
export function toIsoDate(date: Date | null): IsoDate | null {
  return date === null ? null : date.toISOString().slice(0, 10);
}
