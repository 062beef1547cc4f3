import { adviceFor } from './alert-advice.ts';
import { type Measurements, readMetric } from './measurements.ts';

export const ALERT_LEVELS = ['warning', 'critical'] as const;
export type AlertLevel = (typeof ALERT_LEVELS)[number];

/** Levels of one figure. It is breached above them, or with `below` underneath them. */
export interface AlertThreshold {
  readonly warning: number;
  readonly critical: number;
  readonly below?: boolean | undefined;
}

export interface AlertRules {
  /** By path in the snapshot. */
  readonly thresholds: Readonly<Record<string, AlertThreshold>>;
  /** Samples in a row that raise an alert. */
  readonly pendingSamples: number;
}

/** One figure that is under pressure now. */
export interface Alert {
  readonly metric: string;
  readonly level: AlertLevel;
  /** The latest value. */
  readonly value: number;
  /** The threshold of the level. */
  readonly threshold: number;
  /** When it was raised; a change of its level leaves this alone. */
  readonly sinceMs: number;
  /** What to do about it. */
  readonly advice: string;
}

/** What is remembered of one figure between samples. */
interface Track {
  /** Samples in a row that breached each level, or had no value. */
  readonly warnings: number;
  readonly criticals: number;
  readonly absents: number;
  readonly alert?: Alert;
}

/** By metric. Begin with `NO_ALERTS`. */
export type AlertState = ReadonlyMap<string, Track>;
export const NO_ALERTS: AlertState = new Map();

export interface AlertStep {
  readonly state: AlertState;
  /** Paths of the rules that name no number. */
  readonly unknown: readonly string[];
}

const CALM: Track = { warnings: 0, criticals: 0, absents: 0 };

/**
 * How far back inside its threshold a value has to be before its alert ends, as a share of the
 * threshold: a choice, since no standard gives a figure. It is wider than what a heap swings by
 * between two collections, and narrow enough for a hit rate to come back.
 */
const HYSTERESIS = 0.1;

/** One sample further: alerts begin, change their level or end. Other figures stay as they are. */
export function stepAlerts(
  state: AlertState,
  measurements: Measurements,
  { thresholds, pendingSamples }: AlertRules,
): AlertStep {
  const next = new Map(state);
  const unknown: string[] = [];
  for (const [metric, threshold] of Object.entries(thresholds)) {
    const value = readMetric(measurements, metric);
    if (value === 'unknown') unknown.push(metric);
    const before = state.get(metric) ?? CALM;
    const track =
      typeof value === 'number'
        ? withValue(before, value, { metric, threshold, pendingSamples, atMs: measurements.atMs })
        : withoutValue(before, pendingSamples);
    next.set(metric, track);
  }
  return { state: next, unknown };
}

export const activeAlerts = (state: AlertState): readonly Alert[] =>
  [...state.values()].flatMap(({ alert }) => alert ?? []);

export interface AlertChanges {
  /** Alerts that began or changed their level. */
  readonly raised: readonly Alert[];
  /** Alerts that are over, as they were last. */
  readonly cleared: readonly Alert[];
}

/** What is to be told to somebody who knows of the alerts `told`. */
export function alertChanges(told: readonly Alert[], active: readonly Alert[]): AlertChanges {
  const levels = new Map(told.map(({ metric, level }) => [metric, level]));
  const still = new Set(active.map(({ metric }) => metric));
  return {
    raised: active.filter(({ metric, level }) => levels.get(metric) !== level),
    cleared: told.filter(({ metric }) => !still.has(metric)),
  };
}

interface Watched {
  readonly metric: string;
  readonly threshold: AlertThreshold;
  readonly pendingSamples: number;
  readonly atMs: number;
}

function withValue(
  before: Track,
  value: number,
  { metric, threshold, pendingSamples, atMs }: Watched,
): Track {
  const warnings = isBreached(threshold, 'warning', value) ? before.warnings + 1 : 0;
  const criticals = isBreached(threshold, 'critical', value) ? before.criticals + 1 : 0;
  const counted = { warnings, criticals, absents: 0 };
  const level =
    criticals >= pendingSamples || isHeld(before.alert, 'critical', { threshold, value })
      ? 'critical'
      : warnings >= pendingSamples || isHeld(before.alert, 'warning', { threshold, value })
        ? 'warning'
        : undefined;
  if (level === undefined) return counted;
  const sinceMs = before.alert?.sinceMs ?? atMs;
  const advice = adviceFor(metric);
  const alert: Alert = { metric, level, value, threshold: threshold[level], sinceMs, advice };
  return { ...counted, alert };
}

/** A value that is missing breaks the row; missing as often as it takes to raise, it ends the alert. */
function withoutValue({ absents, alert }: Track, pendingSamples: number): Track {
  const counted = { ...CALM, absents: absents + 1 };
  return alert && absents + 1 < pendingSamples ? { ...counted, alert } : counted;
}

const isBreached = (
  { below = false, ...limits }: AlertThreshold,
  level: AlertLevel,
  value: number,
): boolean => (below ? value < limits[level] : value > limits[level]);

/** An alert holds its level, or a lower one, until the value is clearly back inside. */
function isHeld(
  alert: Alert | undefined,
  level: AlertLevel,
  { threshold, value }: { readonly threshold: AlertThreshold; readonly value: number },
): boolean {
  if (!alert || (level === 'critical' && alert.level !== 'critical')) return false;
  const limit = threshold[level];
  const margin = Math.abs(limit) * HYSTERESIS;
  if (!threshold.below) return value > limit - margin;
  // A share cannot rise above 1: half of what is left to 1 is far enough.
  const back = limit > 0 && limit <= 1 ? Math.min(limit + margin, (limit + 1) / 2) : limit + margin;
  return value < back;
}
