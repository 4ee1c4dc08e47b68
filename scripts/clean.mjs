// npm run clean: removes what was built or generated. Packages and data stay.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/run.mjs';

const workspaces = ['packages', 'apps'].flatMap((parent) =>
  readdirSync(join(root, parent)).map((name) => `${parent}/${name}`),
);
const paths = [...workspaces.map((path) => `${path}/dist`), 'packages/db/src/generated', '.cache'];
for (const path of paths) rmSync(join(root, path), { recursive: true, force: true });
