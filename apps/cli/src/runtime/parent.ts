/**
 * The signal, aborted also when the process that started this one over a channel
 * is gone: a child must not outlive it, however it ended.
 */
export function endWithParent(signal: AbortSignal): AbortSignal {
  if (!process.connected) return signal;
  const orphaned = new AbortController();
  process.once('disconnect', () => orphaned.abort());
  // Listening would otherwise keep the process alive for ever.
  process.channel?.unref();
  return AbortSignal.any([signal, orphaned.signal]);
}
