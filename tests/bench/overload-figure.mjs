// P6 out of its experiment: the worst of the servers that do not change is the figure,
// and everything else that P6 asks for must hold too.
import { HARD_CAP, measureOverload } from './overload.mjs';

/** Children of the servers that do not change. */
const FIXED = ['1', '2', '3', '8'];
const CHANGING_BAR = 1.35;
const TURNED_AWAY_BAR = 0.01;

/**
 * One round: it takes minutes, nearly all of them waiting for slow servers.
 *
 * @param {object} rig
 * @param {{ calls: number, changing: string }} size `changing`: the plan of the server that changes
 */
export async function judgeOverload(rig, { calls, changing }) {
  // The longest first, so that all lanes end at about the same time.
  const plans = ['1', '2', changing, '3', '8'];
  const { byPlan, logins } = await measureOverload(rig, { calls, plans });
  const all = Object.values(byPlan);
  const changed = byPlan[changing].ratio;
  const share = Math.max(...all.map(({ lateShare }) => lateShare));
  const most = Math.max(logins.maxInFlight, ...all.map(({ maxInFlight }) => maxInFlight));
  const fixed = FIXED.map((plan) => `${byPlan[plan].ratio.toFixed(2)} × at ${plan}`).join(', ');
  const fails = [
    changed > CHANGING_BAR ? `more than ${CHANGING_BAR} × at ${changing}` : '',
    share > TURNED_AWAY_BAR ? 'too many were turned away' : '',
    most > HARD_CAP ? `more than ${HARD_CAP} calls at once` : '',
  ];
  return {
    value: Math.max(...FIXED.map((plan) => byPlan[plan].ratio)),
    detail: [
      `${fixed}, ${changed.toFixed(2)} × at ${changing}`,
      `${(share * 100).toFixed(2)} % turned away after a minute where most were`,
      `at most ${most} calls at once`,
      describeLogins(logins),
    ].join('; '),
    fails: fails.filter(Boolean).join('; '),
  };
}

function describeLogins({ bare, during, capacity }) {
  const times = (during.p99Ms / bare.p99Ms).toFixed(2);
  return (
    `logins during a sync at ${capacity}: p99 ${Math.round(during.p99Ms)} ms, ${times} × the bare ` +
    `call's ${Math.round(bare.p99Ms)} ms, ${during.failed} of ${during.logins} failed`
  );
}
