import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import { createEngineAdapter } from './engine-adapter.js';

export type { MigrationList } from '@prisma/schema-engine-wasm/schema_engine_bg';

/** No table or enum of the registry's schema is somebody else's. */
export const NO_FILTERS = { externalTables: [], externalEnums: [] };

/** The engine insists on a schema even where it needs none. */
const ANY_SCHEMA: [string, string][] = [
  ['schema.prisma', 'datasource db {\n  provider = "postgresql"\n}'],
];

let instantiated: Promise<void> | undefined;

/**
 * Runs some work with Prisma's schema engine as WebAssembly: the same engine as
 * its command line's, which would download it.
 *
 * @param url the database to work on
 */
export async function withSchemaEngine<T>(
  url: string,
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  instantiated ??= instantiate();
  await instantiated;
  const { factory, close } = createEngineAdapter(url);
  try {
    const adapter = bindMigrationAwareSqlAdapterFactory(factory);
    const engine = await bindings.SchemaEngine.new({ datamodels: ANY_SCHEMA }, () => {}, adapter);
    try {
      return await work(engine);
    } finally {
      engine.free();
    }
  } finally {
    await close();
  }
}

async function instantiate(): Promise<void> {
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: failWith } });
  const path = createRequire(import.meta.url).resolve(
    '@prisma/schema-engine-wasm/schema_engine_bg',
  );
  const wasm = await readFile(path.replace(/\.js$/, '.wasm'));
  const { instance } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': bindings });
  bindings.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
}

/** The engine tells the text of a panic here, before it is gone for good. */
function failWith(message: string): never {
  throw new Error(`Prisma's schema engine gave up: ${message}`);
}
