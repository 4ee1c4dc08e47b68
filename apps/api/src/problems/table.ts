/** One sort of problem that the API answers with (RFC 9457). */
interface ProblemType {
  status: number;
  /** What it is, whatever the case. */
  title: string;
  /** What whoever calls can do about it. */
  advice: string;
}

/**
 * All problems that the API answers with. A name is a promise: it is the end of
 * `type`, which programs tell problems by.
 */
export const PROBLEMS = {
  'invalid-request': {
    status: 400,
    title: 'The request is not as documented.',
    advice: 'Correct what `errors` names; /docs says what is expected.',
  },
  'malformed-body': {
    status: 400,
    title: 'The body is not JSON.',
    advice: 'Send a JSON document with Content-Type: application/json.',
  },
  'invalid-cursor': {
    status: 400,
    title: 'The list cannot be continued from this cursor.',
    advice: 'Begin with the first page again.',
  },
  'not-signed-in': {
    status: 401,
    title: 'It is not known who calls.',
    advice: 'Sign in, or send a valid token in the header Authorization: Bearer.',
  },
  'login-refused': {
    status: 401,
    title: 'This login is not accepted.',
    advice: 'Check the user name and the password; they are those of NetYParéo.',
  },
  'no-capability': {
    status: 403,
    title: 'There is nothing here that this person may do.',
    advice: 'Ask whoever holds auth/netypareo:grant for the capabilities that you need.',
  },
  'setup-link': {
    status: 403,
    title: 'The set-up link does not hold.',
    advice:
      'It is good once and for a day: restart `passerelle up` (or `api`) for another, unless somebody has been given the rights already.',
  },
  'not-allowed': {
    status: 403,
    title: 'The caller may not do this.',
    advice: 'Ask whoever holds auth/netypareo:grant for the capability that `capability` names.',
  },
  'csrf-token': {
    status: 403,
    title: 'The change did not come from a page of ours.',
    advice: 'Send the CSRF token of GET /api/v1/session in the header X-CSRF-Token.',
  },
  'beyond-own-rights': {
    status: 403,
    title: 'Nobody gives more than they hold.',
    advice:
      'Give what you hold yourself, with auth/netypareo:grant, at the same sites and no longer; or ask somebody who holds more.',
  },
  'not-found': {
    status: 404,
    title: 'There is no such thing.',
    advice: 'Look at the address, and at the list that it is taken from.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'This cannot be done here.',
    advice: 'Use one of the methods of the header Allow.',
  },
  'ambiguous-user': {
    status: 409,
    title: 'Several people are called so.',
    advice: 'Say kind:code: one of `candidates`.',
  },
  'run-under-way': {
    status: 409,
    title: 'A run is under way.',
    advice: 'Wait for the run that `run` shows, or cancel it.',
  },
  'run-ended': {
    status: 409,
    title: 'The run has ended.',
    advice: 'Nothing is left to be cancelled; look at the run.',
  },
  'run-not-held': {
    status: 409,
    title: 'The run waits for no decision.',
    advice: 'Look at the run: somebody may have decided, or a newer run has superseded it.',
  },
  'run-not-retryable': {
    status: 409,
    title: 'The run cannot be retried.',
    advice: 'Only runs that failed, were cancelled, held or partial can be; ask for a new one.',
  },
  'last-grantor': {
    status: 409,
    title: 'Nobody would be left who may grant everywhere.',
    advice: 'Give somebody else auth/netypareo:grant everywhere without an end first.',
  },
  'user-suspended': {
    status: 409,
    title: 'The person is suspended.',
    advice: 'NetYParéo no longer names them; they can be given nothing until it does.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too long.',
    advice: 'Send at most 64 kB.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body is of a type that is not understood.',
    advice: 'Send a JSON document with Content-Type: application/json.',
  },
  'unknown-host': {
    status: 421,
    title: 'The server does not go by this name.',
    advice: 'Use the address of PUBLIC_URL, or set PUBLIC_URL to the one that was used.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'The idempotency key was used for another request.',
    advice: 'Make a new key for each new request.',
  },
  'rate-limited': {
    status: 429,
    title: 'Too many requests.',
    advice: 'Wait for as many seconds as the header Retry-After says.',
  },
  'too-many-logins': {
    status: 429,
    title: 'Too many logins were tried.',
    advice: 'Wait for as many seconds as the header Retry-After says, then try again.',
  },
  unexpected: {
    status: 500,
    title: 'Something broke that should not have.',
    advice: 'Report it with its `requestId`; the log of the API says more.',
  },
  'registry-unreachable': {
    status: 503,
    title: 'The database cannot be used at the moment.',
    advice: 'Try again after as many seconds as the header Retry-After says.',
  },
  'not-ready': {
    status: 503,
    title: 'The process cannot do its work at the moment.',
    advice: '"passerelle doctor" says what to do about it.',
  },
  'source-unreachable': {
    status: 503,
    title: 'NetYParéo cannot be asked at the moment.',
    advice: 'Try again after as many seconds as the header Retry-After says.',
  },
  'too-slow': {
    status: 503,
    title: 'The answer took too long.',
    advice: 'Ask for less, or try again later.',
  },
  stopping: {
    status: 503,
    title: 'The server is stopping.',
    advice: 'Try again in a moment.',
  },
} as const satisfies Record<string, ProblemType>;

export type ProblemName = keyof typeof PROBLEMS;

/** The `type` of a problem: stable, and not an address. */
export function problemType(name: ProblemName): string {
  return `urn:passerelle:problem:${name}`;
}
