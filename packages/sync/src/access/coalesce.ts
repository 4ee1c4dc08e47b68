import { createHmac, randomBytes } from 'node:crypto';

/** Does the work for everybody who asks the same while it goes on. */
export type Coalesce<Result> = (
  question: readonly string[],
  work: (signal: AbortSignal) => Promise<Result>,
  signal: AbortSignal,
) => Promise<Result>;

interface Going<Result> {
  answer: Promise<Result>;
  askers: number;
  /** Aborted when the last of those who wait has left. */
  left: AbortController;
}

/**
 * Makes concurrent questions that are the same one piece of work. Questions hold
 * passwords: they are told apart by an HMAC under a key of this process alone.
 */
export function createCoalescer<Result>(): Coalesce<Result> {
  const key = randomBytes(32);
  const going = new Map<string, Going<Result>>();

  return async (question, work, signal) => {
    signal.throwIfAborted();
    const id = createHmac('sha256', key).update(JSON.stringify(question)).digest('base64');
    const found = going.get(id) ?? begin(id, work);
    found.askers += 1;
    return untilAborted(found.answer, signal, () => {
      found.askers -= 1;
      if (found.askers > 0) return;
      // Whoever asks from now on begins anew.
      forget(id, found);
      found.left.abort(signal.reason);
    });
  };

  function begin(id: string, work: (signal: AbortSignal) => Promise<Result>): Going<Result> {
    const left = new AbortController();
    const begun: Going<Result> = { answer: work(left.signal), askers: 0, left };
    going.set(id, begun);
    begun.answer.catch(() => undefined).finally(() => forget(id, begun));
    return begun;
  }

  function forget(id: string, one: Going<Result>): void {
    if (going.get(id) === one) going.delete(id);
  }
}

/** The answer, or the signal's reason if that is aborted first. */
async function untilAborted<Result>(
  answer: Promise<Result>,
  signal: AbortSignal,
  onLeave: () => void,
): Promise<Result> {
  let onAbort = (): void => {};
  const gone = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      onLeave();
      reject(signal.reason);
    };
  });
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([answer, gone]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
