export { BUILT_IN_CONTRACT, ContractError, loadContract, parseContract } from './contract/load.js';
export type { Contract } from './contract/schema.js';
export type { SourceCheck } from './check.js';
export { createXmlScanner } from './decode/xml/scanner.js';
export type { SourceSample } from './sample.js';
export { createSource, type NetypareoSource } from './source.js';
export {
  DEFAULT_LIMITS,
  type SourceLimits,
  type SourceLog,
  type SourceOptions,
} from './source-options.js';
export type { SeenPath } from './structure.js';
export { AnswerError } from './transport/errors.js';
export type { OperationDescription } from './transport/soap-client.js';
