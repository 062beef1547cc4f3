import type { Alert } from './alerts.ts';
import type { Measurements } from './measurements.ts';

/** One sample of how the memory is doing. Instants are Unix milliseconds. */
export interface MetricsSnapshot extends Measurements {
  readonly alerts: readonly Alert[];
}
