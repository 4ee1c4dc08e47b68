import type { SourceOptions } from '../source-options.js';

/** A WSDL is read anew after this: NetYParéo may have been upgraded. */
const WSDL_MAX_AGE_MS = 3_600_000;
/** After a WSDL could not be read anew, the old one serves for this long. */
const WSDL_RETRY_MS = 60_000;

/**
 * Loads on first use, for all callers at once, and again when the value is old,
 * which nobody waits for: the old one serves meanwhile, and further if it cannot be
 * loaded anew. A first failure is not kept.
 */
export function keepFresh<T>(
  load: () => Promise<T>,
  { now, log }: Pick<SourceOptions, 'now' | 'log'>,
): () => Promise<T> {
  let value: Promise<T> | undefined;
  let goodUntil = 0;

  const loadFirst = (): Promise<T> => {
    const first = load();
    value = first;
    first.catch(() => {
      value = undefined;
    });
    return first;
  };
  const loadAnew = async (): Promise<void> => {
    try {
      const fresh = await load();
      value = Promise.resolve(fresh);
    } catch {
      log.warn({}, 'the WSDL could not be read anew; the one read before still serves');
      goodUntil = now() + WSDL_RETRY_MS;
    }
  };

  return () => {
    if (value !== undefined && now() < goodUntil) return value;
    goodUntil = now() + WSDL_MAX_AGE_MS;
    if (value === undefined) return loadFirst();
    void loadAnew();
    return value;
  };
}
