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

// npx puts a shell between itself and us. A SIGTERM sent to npx ends that shell
// and never reaches us: losing the parent then stands for the signal.
function stopWithNpx() {
  if (process.env.npm_command !== 'exec') return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, 250);
  timer.unref();
}

async function start() {
  stopWithNpx();
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
