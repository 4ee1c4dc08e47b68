import { expect, test } from 'vitest';
import { createErrorLog, describeThrown, type QueueLog } from './log.js';

function recorder(): { log: QueueLog; fields: object[] } {
  const fields: object[] = [];
  const write = (each: object): void => void fields.push(each);
  const log: QueueLog = { debug: write, info: write, warn: write, error: write, child: () => log };
  return { log, fields };
}

test('the same error is logged once in 30 s, with the number left out', () => {
  const { log, fields } = recorder();
  let now = 0;
  const report = createErrorLog(log, () => now);
  for (let each = 0; each < 50; each++) report(new Error('away'));
  report(Object.assign(new Error(''), { code: 'ECONNREFUSED' }));
  now = 31_000;
  report(new Error('away'));
  expect(fields).toEqual([
    { error: 'away', repeated: 0 },
    { error: 'ECONNREFUSED', repeated: 0 },
    { error: 'away', repeated: 49 },
  ]);
});

test('of an unforeseen error only name, code and frames are logged', () => {
  const described = describeThrown(new RangeError('login zoe.exemple\nat zoe'));
  expect(described).toMatchObject({ name: 'RangeError' });
  expect(JSON.stringify(described)).toContain('log.test');
  expect(JSON.stringify(described)).not.toContain('zoe');
});
