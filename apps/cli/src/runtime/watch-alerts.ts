import { type AlertDeps, watchAlerts } from '@passerelle/sync';
import type { Context } from '../context.js';
import { openAlerts } from './alerts.js';
import { repeatUntilStopped } from './repeat.js';

/** How often the schedulers look, all together. */
const LOOK_MS = 10_000;
/** After so long without a look somebody else does: that no scheduler is left must be told of, too. */
const MISSED_LOOK_MS = 120_000;
const ASK_MS = 30_000;

/** What a scheduler does about alerts, again and again. */
export async function createAlertWatch(context: Context): Promise<() => Promise<void>> {
  const deps: AlertDeps = await openAlerts(context);
  return () => watchAlerts(deps, { minAgeMs: LOOK_MS });
}

/** Looks after the alerts for as long as no scheduler does. */
export async function startSubstituteWatch(context: Context): Promise<{ stop(): Promise<void> }> {
  const deps = await openAlerts(context);
  return repeatUntilStopped(
    () => watchAlerts(deps, { minAgeMs: MISSED_LOOK_MS }),
    ASK_MS,
    context.log,
  );
}
