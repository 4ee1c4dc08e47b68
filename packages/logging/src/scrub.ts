const HIDDEN = '[hidden]';

/** Shorter values would blot out ordinary words and numbers. */
const MIN_SECRET_LENGTH = 4;

/** Keys, at any depth of a log line, whose texts are hidden. */
const SECRET_KEY =
  /"([^"\\]*(?:password|passwd|passphrase|secret|token|authorization|cookie|credential|api[-_]?key)[^"\\]*)":"(?:[^"\\]|\\.)*"/gi;

/** The password in `scheme://user:password@host`. */
const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@"\\]*):[^\s"/]*@/gi;

/** `password=…`, `wstoken=…` of connection strings, forms and addresses. */
const PARAMETER =
  /\b((?:\w*password|passwd|pwd|\w*token|\w*secret|api_?key)=)(?:'[^']*'|[^\s&;"'\\,]+)/gi;

/** HTTP's own ways of carrying credentials. */
const SCHEME = /\b(Basic|Bearer)\s+[A-Za-z0-9+/=._~-]{6,}/g;

/** WS-Security and the like: `<wsse:Password Type="…">…</wsse:Password>`. */
const ELEMENT = /(<(?:\w+:)?(?:password|token)\b[^>]*>)[^<]*/gi;

/**
 * Makes the function that every finished log line goes through. It hides what
 * looks like a secret by its place, and the given secrets wherever they stand.
 * @param secrets the values to hide, as they are configured
 */
export function createScrubber(secrets: readonly string[]): (line: string) => string {
  const known = [...new Set(secrets.filter(({ length }) => length >= MIN_SECRET_LENGTH))]
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])
    .sort((a, b) => b.length - a.length);
  return (line) =>
    known
      .reduce((text, secret) => text.replaceAll(secret, HIDDEN), line)
      .replace(SECRET_KEY, `"$1":"${HIDDEN}"`)
      .replace(URL_PASSWORD, `$1:${HIDDEN}@`)
      .replace(PARAMETER, `$1${HIDDEN}`)
      .replace(SCHEME, `$1 ${HIDDEN}`)
      .replace(ELEMENT, `$1${HIDDEN}`);
}
