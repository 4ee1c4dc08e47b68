export { createCentre } from './centre.js';
export { SimulatorUsageError } from './errors.js';
export { parseSimulatorFlags, type SimulatorFlags } from './flags.js';
export { CANARY_MARK } from './generate/identity.js';
export {
  type Arrival,
  createFpmModel,
  type Ended,
  type FpmCall,
  type FpmModel,
  type FpmState,
  type Refusal,
} from './load/fpm-model.js';
export { oracle } from './load/oracle.js';
export { type CapacityPlan, type CapacityStep, parseCapacityPlan } from './load/plan.js';
export { FPM_DEFAULTS, type FpmSettings } from './load/settings.js';
export { parseWindows, type TimeWindow } from './load/windows.js';
export type { Centre } from './model.js';
export { passwordOf } from './passwords.js';
export type { AuthOptions } from './server/auth.js';
export { type Fault, parseFault, RANDOM_FAULTS } from './server/faults.js';
export type { ControlRequest } from './server/control.js';
export type { LoadOptions, SimulatorOptions } from './server/options.js';
export { type Simulator, type SimulatorReport, startSimulator } from './server/simulator.js';
export type { SimulatorStats } from './server/stats.js';
export { type BadByte, type CentreOptions, type CentreShape } from './shape.js';
export { describeCentre } from './truth/describe.js';
export type { CentreTruth, RegistryTruth, UserTruth } from './truth/types.js';
export { type Style, STYLES } from './wire/style.js';
