import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startWatchdog } from './watchdog.js';

describe('startWatchdog', () => {
  const onExpire = vi.fn<(what: string) => void>();

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    onExpire.mockClear();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('expires after the whole time, however busy the call is', () => {
    const watchdog = startWatchdog(1_000, 300, onExpire);
    for (let ms = 0; ms < 900; ms += 100) {
      watchdog.progress();
      vi.advanceTimersByTime(100);
    }
    expect(onExpire).not.toHaveBeenCalled();
    vi.advanceTimersByTime(100);
    expect(onExpire).toHaveBeenCalledWith('more than 1000 ms in all');
  });

  it('expires between two pieces, but not before the first', () => {
    const watchdog = startWatchdog(1_000, 300, onExpire);
    vi.advanceTimersByTime(600);
    watchdog.progress();
    vi.advanceTimersByTime(299);
    expect(onExpire).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onExpire).toHaveBeenCalledWith('nothing came for 300 ms');
  });

  it('does not count pauses', () => {
    const watchdog = startWatchdog(1_000, 300, onExpire);
    watchdog.progress();
    vi.advanceTimersByTime(200);
    watchdog.pause();
    vi.advanceTimersByTime(60_000);
    watchdog.resume();
    vi.advanceTimersByTime(799);
    expect(onExpire).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onExpire).toHaveBeenCalledTimes(1);
  });

  it('stops for good', () => {
    const watchdog = startWatchdog(1_000, 300, onExpire);
    watchdog.progress();
    watchdog.stop();
    vi.advanceTimersByTime(10_000);
    expect(onExpire).not.toHaveBeenCalled();
  });
});
