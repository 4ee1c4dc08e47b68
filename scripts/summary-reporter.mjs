// A vitest reporter that counts. Whatever did not run counts as failed, for a
// test that cannot run proves nothing.
import { writeFileSync } from 'node:fs';

/**
 * Writes `{ passed, failed, unproven }` as JSON to the file named by the
 * environment variable TEST_SUMMARY. `unproven` names the tests that were
 * skipped, are still to be written, or never came to their end.
 */
export default class SummaryReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const states = tests.map((test) => ({ test, state: test.result().state }));
    const count = (state) => states.filter((entry) => entry.state === state).length;
    const summary = {
      passed: count('passed'),
      failed: count('failed') + modules.filter(hasOwnErrors).length + unhandledErrors.length,
      unproven: states
        .filter(({ state }) => state !== 'passed' && state !== 'failed')
        .map(({ test }) => `${test.module.relativeModuleId} > ${test.fullName}`),
    };
    if (process.env.TEST_SUMMARY) {
      writeFileSync(process.env.TEST_SUMMARY, JSON.stringify(summary));
    }
  }
}

/** A file that could not be loaded, or a suite whose hooks failed. */
function hasOwnErrors(module) {
  const suites = [...module.children.allSuites()];
  return [module, ...suites].some((node) => node.errors().length > 0);
}
