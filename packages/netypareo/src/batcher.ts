/** Hands records over in batches, one at a time, while the next is being read. */
export interface Batcher<T> {
  add(item: T): void;
  /**
   * Hands over what is due. Returns a promise to wait for when two batches
   * would otherwise be waiting: that is the back-pressure.
   */
  flushIfDue(bytes: number): Promise<void> | undefined;
  /** Hands over the rest; resolves when everything has been taken. */
  finish(): Promise<void>;
  added(): number;
}

/**
 * @param maxBytes of answer text per batch: bounds memory where records are heavy
 */
export function createBatcher<T>(
  handOver: (items: T[]) => Promise<void>,
  maxItems: number,
  maxBytes: number,
): Batcher<T> {
  let items: T[] = [];
  let bytesAtFlush = 0;
  let count = 0;
  let inFlight: Promise<void> | undefined;
  let failure: { error: unknown } | undefined;

  function start(): void {
    const batch = items;
    items = [];
    inFlight = handOver(batch)
      .catch((error: unknown) => {
        failure = { error };
      })
      .finally(() => {
        inFlight = undefined;
      });
  }

  async function flush(): Promise<void> {
    await inFlight;
    if (failure !== undefined) throw failure.error;
    if (items.length > 0) start();
  }

  return {
    add(item) {
      count++;
      items.push(item);
    },
    flushIfDue(bytes) {
      if (failure !== undefined) return flush();
      if (items.length < maxItems && bytes - bytesAtFlush < maxBytes) return undefined;
      bytesAtFlush = bytes;
      if (inFlight !== undefined) return flush();
      if (items.length > 0) start();
      return undefined;
    },
    async finish() {
      await flush();
      await flush();
    },
    added: () => count,
  };
}
