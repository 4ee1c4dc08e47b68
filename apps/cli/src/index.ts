export { type CliDeps, runCli } from './run-cli.js';
