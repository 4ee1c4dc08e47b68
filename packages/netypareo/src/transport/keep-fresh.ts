import type { SourceOptions } from '../source-options.js';

/** A WSDL is read anew after this: NetYParéo may have been upgraded. */
const WSDL_MAX_AGE_MS = 3_600_000;
/** After a WSDL could not be read anew, the old one serves for this long. */
const WSDL_RETRY_MS = 60_000;

/**
 * Loads on first use and again when the value is old, for all callers at once.
 * A first failure is not kept; a later one leaves the old value.
 */
export function keepFresh<T>(
  load: () => Promise<T>,
  { now, log }: Pick<SourceOptions, 'now' | 'log'>,
): () => Promise<T> {
  let value: Promise<T> | undefined;
  let goodUntil = 0;
  return () => {
    if (value !== undefined && now() < goodUntil) return value;
    const old = value;
    goodUntil = now() + WSDL_MAX_AGE_MS;
    value = load().catch((error: unknown) => {
      if (old === undefined) {
        value = undefined;
        throw error;
      }
      log.warn({}, 'the WSDL could not be read anew; the one read before still serves');
      goodUntil = now() + WSDL_RETRY_MS;
      return old;
    });
    return value;
  };
}
