import { createJobQueue } from '@passerelle/queue';
import { afterEach, expect, it } from 'vitest';
import { eachBackend } from '../../support/backends.js';
import { untilTrue } from '../../support/patience.js';

const log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log };

eachBackend('what waits', (backend) => {
  let close: (() => Promise<void>) | undefined;
  afterEach(() => close?.());

  it('is counted, with the age of its oldest', async () => {
    const options = { backend: backend.choice, namespace: await backend.namespace(), log };
    const queue = createJobQueue({ ...options, maxFetches: 4 });
    close = () => queue.close();
    const none = { waiting: 0, active: 0, delayed: 0, oldestAt: null };
    expect(await queue.backlog()).toEqual([
      { queue: 'schedules', ...none },
      { queue: 'runs', ...none },
      { queue: 'fetch', ...none },
    ]);

    const before = Date.now();
    await queue.enqueueRun(1, 0);
    const between = Date.now();
    await untilTrue(() => Date.now() > between);
    await queue.enqueueRun(2, 0);
    await queue.enqueueParts(3, 0, [1, 2, 3]);

    const [, runs, fetch] = await queue.backlog();
    expect(runs).toMatchObject({ queue: 'runs', waiting: 2 });
    expect(runs?.oldestAt?.getTime()).toBeGreaterThanOrEqual(before);
    expect(runs?.oldestAt?.getTime()).toBeLessThanOrEqual(between);
    expect(fetch).toMatchObject({ queue: 'fetch', waiting: 3 });
  });
});
