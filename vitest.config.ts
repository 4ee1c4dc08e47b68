import { defineConfig } from 'vitest/config';

// Packages are taken from their sources (the `source` condition of their
// exports); processes that tests start are the built ones.
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    pool: 'forks',
    // System tests mostly wait for the processes that they start: three keep two cores busy.
    maxWorkers: 3,
    // These end what hangs; speed is never a verdict (tests/support/patience.ts).
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 120_000, interval: 25 } },
    // Chaos tests read it: `sample` is what fits into npm test, `full` is all.
    env: { RELIABILITY: process.env.RELIABILITY ?? 'sample' },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // Pure functions and fakes: nothing is left behind that another file would find.
          isolate: false,
          include: ['{packages,apps}/*/src/**/*.test.ts', 'scripts/**/*.test.mjs'],
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          // A process of its own for each file would spend minutes on loading the same libraries.
          isolate: false,
          include: ['tests/{integration,contract,reliability,e2e}/**/*.test.ts'],
          globalSetup: ['tests/support/global-database.ts'],
        },
      },
    ],
  },
});
