import { listJson, toListJson, toTold, toldAlert } from '@passerelle/sync';
import { z } from 'zod';
import { ProblemError } from '../../problems/problem-error.js';
import { flag, given, pageFields } from '../../schemas/fields.js';
import { endpoint, ok } from '../../table/endpoint.js';

const alertJson = toldAlert.extend({ id: z.int(), startedAt: z.iso.datetime() });

/** Alerts, newest first. */
export const listAlerts = endpoint({
  summary: 'List alerts, newest first, with what to do about them',
  query: z.strictObject({ ...pageFields, open: flag.optional() }),
  answers: { 200: listJson(alertJson) },
  problems: ['invalid-cursor'],
  handle: async ({ query: { limit, cursor, open } }, { deps }) => {
    if (cursor !== undefined && !/^[1-9]\d{0,14}$/.test(cursor)) {
      throw new ProblemError('invalid-cursor');
    }
    const beforeId = cursor === undefined ? undefined : Number(cursor);
    const found = await deps.alerts.listAlerts({ ...given({ open, beforeId }), limit: limit + 1 });
    const page = found.slice(0, limit);
    const items = page.flatMap((alert) => {
      const { id, startedAt } = alert;
      if (id === null || startedAt === null) return [];
      return [{ id, startedAt: startedAt.toISOString(), ...toTold(alert, deps.showTime) }];
    });
    return ok(toListJson(items, found.length > limit ? String(page.at(-1)?.id) : null));
  },
});
