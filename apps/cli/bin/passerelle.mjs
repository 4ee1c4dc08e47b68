#!/usr/bin/env node
// The `passerelle` command. In a checkout it first builds what is not built
// yet; in an installation without sources it only starts.
// Nothing here may be too new for an old Node, which is to be told so.

const oldest = [20, 19];

function isTooOld(version) {
  const [major, minor] = version.split('.').map(Number);
  return major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
}

async function prepareCheckout() {
  const { existsSync } = await import('fs');
  if (!existsSync(new URL('../src', import.meta.url))) return;
  const { prepare } = await import('../../../scripts/prepare.mjs');
  await prepare();
}

async function start() {
  try {
    await prepareCheckout();
  } catch (error) {
    process.stderr.write(`passerelle: ${error.message}\n`);
    process.exit(1);
  }
  await import('../dist/main.js');
}

if (isTooOld(process.versions.node)) {
  const needed = oldest.join('.');
  process.stderr.write(
    `Passerelle needs Node.js ${needed} or newer; this is ${process.version}.\n`,
  );
  process.exitCode = 1;
} else {
  void start();
}
