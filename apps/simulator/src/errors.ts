/** Something was asked of the simulator that it cannot do; the message says what it expects. */
export class SimulatorUsageError extends Error {
  override readonly name = 'SimulatorUsageError';
}
