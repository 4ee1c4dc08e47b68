import { describe, expect, it } from 'vitest';
import { createLogger, type Logger } from './index.js';

function capture(secrets: string[] = []): { logger: Logger; lines: () => string } {
  const written: string[] = [];
  const destination = { write: (line: string) => written.push(line) };
  return {
    logger: createLogger({ level: 'trace', name: 'test', destination, secrets }),
    lines: () => written.join(''),
  };
}

/** What a library's error may look like: the interesting parts are not for a log. */
function vendorError(): Error {
  return Object.assign(new Error('duplicate key value', { cause: new TypeError('inner') }), {
    code: '23505',
    detail: 'Key (email)=(zoe@lycee.example) already exists.',
    config: { headers: { Authorization: 'Basic em9lOnpvZQ==' } },
  });
}

describe('createLogger', () => {
  it('writes one JSON document a line, with what a child is about', () => {
    const { logger, lines } = capture();
    logger.child({ runId: 12, jobId: 'fetch-12-3' }).info({ records: 40 }, 'part read');
    const entry: unknown = JSON.parse(lines());
    expect(entry).toMatchObject({
      level: 'info',
      name: 'test',
      runId: 12,
      jobId: 'fetch-12-3',
      records: 40,
      msg: 'part read',
    });
    expect(lines().endsWith('\n')).toBe(true);
  });

  it.each([
    ['a key', (log: Logger) => log.info({ password: 'hunter22' })],
    ['a key deep down', (log: Logger) => log.info({ a: [{ b: { apiToken: 'hunter22' } }] })],
    ['a quoted value', (log: Logger) => log.info({ password: 'a"b\\hunter22' })],
    ['a header', (log: Logger) => log.info({ headers: { Authorization: 'hunter22' } })],
    ['a bound key', (log: Logger) => log.child({ token: 'hunter22' }).info('x')],
    [
      'an address in a message',
      (log: Logger) => log.warn('to postgresql://app:hunter22@db.example/x'),
    ],
    [
      'an address with an @',
      (log: Logger) => log.warn('to redis://:p@hunter22@cache.example:6379'),
    ],
    [
      'an address as a value',
      (log: Logger) => log.info({ url: 'redis://u:hunter22@cache.example' }),
    ],
    ['a URL object', (log: Logger) => log.info({ at: new URL('http://u:hunter22@lms.example') })],
    [
      'a connection string',
      (log: Logger) => log.error("host=db.example password='hunter22' user=a"),
    ],
    ['a query', (log: Logger) => log.error('POST http://lms.example/?wstoken=hunter22&x=1')],
    ['a scheme', (log: Logger) => log.error('sent Authorization: Bearer hunter22hunter22')],
    ['an envelope', (log: Logger) => log.error('<o:Password Type="x">hunter22</o:Password>')],
    [
      'a message of an error',
      (log: Logger) => log.error(new Error('redis://u:hunter22@a.example')),
    ],
    [
      'a class of its own',
      (log: Logger) =>
        log.info({
          client: new (class Client {
            key = 'hunter22';
          })(),
        }),
    ],
  ])('hides a secret in %s', (_where, act) => {
    const { logger, lines } = capture();
    act(logger);
    expect(lines()).not.toContain('hunter22');
    expect(() => JSON.parse(lines()) as unknown).not.toThrow();
  });

  it('hides configured secrets wherever they stand', () => {
    const { logger, lines } = capture(['s3"cret word', 'abc']);
    logger.error(new Error('the server said: s3"cret word is wrong'));
    logger.info({ seen: { at: 's3"cret word' }, query: encodeURIComponent('s3"cret word') }, 'abc');
    expect(lines()).not.toMatch(/cret/);
    expect(lines()).toContain('abc');
  });

  it('leaves the rest of an address readable', () => {
    const { logger, lines } = capture();
    logger.info('to postgresql://app:hunter22@db.example:5432/registry, then http://a.example/b@c');
    expect(lines()).toContain('postgresql://app:[hidden]@db.example:5432/registry');
    expect(lines()).toContain('http://a.example/b@c');
  });

  it.each([
    ['as the entry', (log: Logger) => log.error(vendorError())],
    ['under err', (log: Logger) => log.error({ err: vendorError() }, 'failed')],
    ['under another key', (log: Logger) => log.error({ problem: { inner: vendorError() } })],
    ['bound to a child', (log: Logger) => log.child({ err: vendorError() }).error('failed')],
  ])('keeps of an error %s only class, message, code, stack and causes', (_where, act) => {
    const { logger, lines } = capture();
    act(logger);
    expect(lines()).not.toMatch(/zoe|em9l|Authorization/);
    expect(lines()).toContain('"message":"duplicate key value","code":"23505","stack":"');
    expect(lines()).toContain('"cause":{"type":"TypeError","message":"inner"');
  });

  it('survives causes and objects that go in circles', () => {
    const { logger, lines } = capture();
    const error = new Error('outer');
    error.cause = error;
    const ring: Record<string, unknown> = {};
    ring['self'] = ring;
    logger.error({ err: error, ring });
    expect(JSON.parse(lines())).toMatchObject({ err: { message: 'outer' } });
  });
});
