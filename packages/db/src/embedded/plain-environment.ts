/**
 * For the programs we start: none of the caller's PG… settings, and messages in
 * one language. Windows needs its own variables, and gets the caller's.
 */
export const PLAIN_ENVIRONMENT: { env: Record<string, string> } | Record<string, never> =
  process.platform === 'win32'
    ? {}
    : {
        env: {
          PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
          LC_ALL: 'C',
          TZ: 'UTC',
        },
      };
