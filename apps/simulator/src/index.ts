export { createCentre } from './centre.js';
export { SimulatorUsageError } from './errors.js';
export { parseSimulatorFlags, SIMULATOR_FLAGS, type SimulatorFlags } from './flags.js';
export { CANARY_MARK } from './generate/identity.js';
export type { Centre } from './model.js';
export { passwordOf } from './passwords.js';
export type { AuthOptions } from './server/auth.js';
export { type Fault, parseFault, RANDOM_FAULTS } from './server/faults.js';
export type { ControlRequest, SimulatorOptions } from './server/options.js';
export { type Simulator, startSimulator } from './server/simulator.js';
export type { SimulatorStats } from './server/stats.js';
export type { CentreOptions, CentreShape } from './shape.js';
export {
  type CentreTruth,
  describeCentre,
  type RegistryTruth,
  type UserTruth,
} from './truth/describe.js';
export { type Style, STYLES } from './wire/style.js';
