// SEARCH: how long a page of the directory takes at half a million people, for callers
// who may see everything and for those who are let in to one site.
import { createDatabase, migrateDatabase } from '@passerelle/db';
import { fillDirectory } from './directory.mjs';
import { median } from './statistics.mjs';

const LIMIT = 50;
/** Before what is counted: pages of the disk are read, and the compiler knows the code. */
const WARM_UP = 2;
const silent = { info() {}, warn() {}, error() {}, debug() {}, child: () => silent };

/**
 * Every search by turns, on one connection, as the route has it done.
 *
 * @param {object} rig
 * @param {{ people: number, searches: number }} size
 * @returns {Promise<{ value: number, detail: string }>} the slowest search's median, in milliseconds
 */
export async function judgeSearch(rig, { people, searches }) {
  const database = await rig.databases.create();
  await migrateDatabase(database.url);
  rig.say(`Preparing a directory of ${people} people…`);
  const sites = await fillDirectory(database.url, people);
  const store = createDatabase(database.url, { poolSize: 1, log: silent });
  const results = await measureSearches(store.users, sites, searches);
  await store.close();
  await database.drop();
  for (const { name, ms } of results) rig.say(`  ${ms.toFixed(1)} ms: ${name}`);
  const slowest = results.reduce((one, other) => (other.ms > one.ms ? other : one));
  const [fastest, usual] = [Math.min(...results.map(({ ms }) => ms)), medianOf(results)];
  return {
    value: slowest.ms,
    detail:
      `${slowest.name}; of ${results.length} kinds of search at ${people} people the fastest ` +
      `${fastest.toFixed(1)} ms, half within ${usual.toFixed(1)} ms`,
  };
}

/** The median of each kind of search. */
async function measureSearches(users, sites, searches) {
  const kinds = [];
  for (const { name, filter, following } of searchesOf(sites)) {
    const { nextCursor } = following ? await users.listUsers({ ...filter, limit: 50 }) : {};
    if (nextCursor === null) continue;
    const cursor = nextCursor === undefined ? {} : { cursor: nextCursor };
    kinds.push({ name, filter: { ...filter, ...cursor }, tookMs: [] });
  }
  for (let turn = 0; turn < WARM_UP + searches; turn += 1) {
    for (const { filter, tookMs } of kinds) {
      const begun = performance.now();
      await users.listUsers({ ...filter, limit: LIMIT });
      if (turn >= WARM_UP) tookMs.push(performance.now() - begun);
    }
  }
  return kinds.map(({ name, tookMs }) => ({ name, ms: median(tookMs) }));
}

/** A name of everybody's, of one in eight, sixteen and 256, of few, two words, and what is nobody's. */
const TEXTS = ['', 'm', 'ma', 'male', 'malero', 'male s', 'nobody at all'];

function searchesOf(sites) {
  const reaches = [
    { where: 'everywhere', filter: {} },
    ...[0, 7, 20, 60, sites.length - 1].flatMap((at) => {
      const site = sites[at];
      if (site === undefined) return [];
      return {
        where: `within a site of ${site.learners} learners`,
        filter: { reach: [site.code] },
      };
    }),
    { where: 'within two sites', filter: { reach: [7, 60].map((at) => sites[at]?.code ?? '1') } },
    { where: 'within twenty sites', filter: { reach: sites.slice(5, 25).map(({ code }) => code) } },
  ];
  const texts = reaches.flatMap(({ where, filter }) =>
    TEXTS.map((search) => ({
      name: `${where}, ${search === '' ? 'no search' : `“${search}”`}`,
      filter: search === '' ? filter : { ...filter, search },
    })),
  );
  const [, , , , , , , second] = sites;
  return [
    ...texts,
    ...reaches.flatMap(({ where, filter }) =>
      ['', 'ma'].map((search) => ({
        name: `${where}, the second page${search === '' ? '' : ` of “${search}”`}`,
        filter: search === '' ? filter : { ...filter, search },
        following: true,
      })),
    ),
    { name: 'everywhere, the beginning of a code', filter: { search: '4711' } },
    ...[{}, { reach: [second?.code ?? '1'] }].flatMap((filter) =>
      ['malero.ma', 'male@mail.example', 'MALERO.MA'].map((search) => ({
        name: `${filter.reach ? `within a site of ${second?.learners} learners` : 'everywhere'}, “${search}”`,
        filter: { ...filter, search },
      })),
    ),
    {
      name: 'everywhere, suspended teachers, “m”',
      filter: { kind: 'teacher', status: 'suspended', search: 'm' },
    },
    { name: 'one site’s own, “m”', filter: { siteCode: second?.code ?? '1', search: 'm' } },
    ...[sites[0], second].flatMap((site) =>
      ['tutor', 'teacher'].map((kind) => ({
        name: `within a site of ${site?.learners} learners, each ${kind}`,
        filter: { kind, reach: [site?.code ?? '1'] },
      })),
    ),
  ];
}

const medianOf = (results) => median(results.map(({ ms }) => ms));
