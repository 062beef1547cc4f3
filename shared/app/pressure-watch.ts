import {
  type Alert,
  type AlertState,
  activeAlerts,
  alertChanges,
  NO_ALERTS,
  stepAlerts,
} from '../domain/metrics/alerts.ts';
import { METRICS } from '../domain/metrics/catalogue.ts';
import type { Measurements } from '../domain/metrics/measurements.ts';
import type { Reliefs } from '../domain/metrics/relief.ts';
import type { Logger } from '../kernel/logger.ts';
import type { StrataOptions } from '../options.ts';
import type { BusMessage, EventBus } from '../ports/event-bus.ts';
import type { Meter } from '../ports/meter.ts';
import { eventMessage } from './messages.ts';

/** Read at every sample: a getter may give another one later. */
export interface PressureDeps {
  readonly log: Logger;
  readonly options: Pick<StrataOptions, 'alertThresholds' | 'alertPendingSamples'>;
  readonly relief?: Reliefs | undefined;
  readonly redis?: unknown;
  readonly bus?: EventBus | undefined;
}

/** How much a sample looked at: everything, or what any process can tell of itself. */
export type SampleScope = 'whole' | 'process';

/** Judges samples: alerts begin and end, are told, and the system uses less while one is critical. */
export class PressureWatch {
  readonly #deps: PressureDeps;
  readonly #reportedPaths = new Set<string>();
  #state: AlertState = NO_ALERTS;
  /** What log and events tell of so far. */
  #told: readonly Alert[] = [];

  constructor(deps: PressureDeps) {
    this.#deps = deps;
  }

  get alerts(): readonly Alert[] {
    return activeAlerts(this.#state);
  }

  /** One sample further. Never fails; the events are published when it resolves. */
  async judge(measurements: Measurements, scope: SampleScope, meter: Meter): Promise<void> {
    this.#step(measurements, scope);
    const isTight = this.#isTight(measurements.process.heapUsedRatio);
    this.#changeShare('process', isTight || this.#isCritical(isOfProcess));
    if (measurements.redis) {
      this.#changeShare(
        'redis',
        this.#isCritical((path) => this.#isOfRedis(path)),
      );
    }
    await this.#report(scope, meter);
  }

  /**
   * The old generation as a full collection left it. The process may end before the next sample: what
   * can be given up goes at once, the alert comes with the samples.
   */
  heapWasCollected(keptRatio: number): void {
    if (this.#isTight(keptRatio)) this.#changeShare('process', true);
  }

  #isTight(keptRatio: number): boolean {
    const limits = this.#deps.options.alertThresholds['process.heapUsedRatio'];
    return limits !== undefined && keptRatio > limits.critical;
  }

  #step(measurements: Measurements, scope: SampleScope): void {
    const { alertThresholds, alertPendingSamples: pendingSamples } = this.#deps.options;
    const watched = Object.entries(alertThresholds).filter(
      ([path]) => scope === 'whole' || !isOfStore(path),
    );
    const rules = { thresholds: Object.fromEntries(watched), pendingSamples };
    const { state, unknown } = stepAlerts(this.#state, measurements, rules);
    this.#state = state;
    for (const path of unknown.filter((one) => !this.#reportedPaths.has(one))) {
      this.#reportedPaths.add(path);
      this.#deps.log.warning('No figure of this name: correct alertThresholds', { path });
    }
  }

  #isCritical(isOf: (path: string) => boolean): boolean {
    return this.alerts.some(({ metric, level }) => level === 'critical' && isOf(metric));
  }

  #changeShare(name: keyof Reliefs, isCritical: boolean): void {
    const relief = this.#deps.relief?.[name];
    if (!relief?.step(isCritical)) return;
    const { share } = relief;
    this.#deps.log.info('Caches and batches change with the pressure', { on: name, share });
  }

  /** Of what all instances see alike, only the one that collects tells. */
  async #report(scope: SampleScope, meter: Meter): Promise<void> {
    const isTold = ({ metric }: Alert) => scope === 'whole' || !this.#isOfRedis(metric);
    const active = this.alerts.filter(isTold);
    const { raised, cleared } = alertChanges(this.#told.filter(isTold), active);
    this.#told = [...this.#told.filter((alert) => !isTold(alert)), ...active];
    const { log } = this.#deps;
    for (const alert of raised) {
      const severity = alert.level === 'critical' ? 'error' : 'warning';
      log[severity]('Memory pressure', { ...alert });
    }
    for (const alert of cleared) log.info('Memory pressure is over', { ...alert });
    await this.#publish(
      [
        ...raised.map((alert) => pressureMessage('pressure.raised', alert)),
        ...cleared.map((alert) => pressureMessage('pressure.cleared', alert)),
      ],
      meter,
    );
  }

  async #publish(messages: readonly BusMessage[], meter: Meter): Promise<void> {
    const { bus, log } = this.#deps;
    if (!bus || messages.length === 0) return;
    // The alert itself stands in the snapshot and in the log; the event is for whoever listens.
    await bus.publish(messages).catch((error: unknown) => {
      meter.count(METRICS.eventsUnpublished, messages.length);
      log.warning('Pressure events could not be published', { count: messages.length, error });
    });
  }

  #isOfRedis(path: string): boolean {
    return (
      path.startsWith('redis.') || (path.startsWith('cache.') && this.#deps.redis !== undefined)
    );
  }
}

const isOfProcess = (path: string): boolean => path.startsWith('process.');

/** Only a sample that asks the store knows these. */
const isOfStore = (path: string): boolean =>
  path.startsWith('tiers.') || path.startsWith('store.') || path === 'summaries.count';

// One key for a metric: its end must not overtake its beginning.
const pressureMessage = (
  type: 'pressure.raised' | 'pressure.cleared',
  { sinceMs: _, ...alert }: Alert,
): BusMessage => eventMessage(`pressure/${alert.metric}`, { type, ...alert });
