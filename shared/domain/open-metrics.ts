export const OPEN_METRICS_CONTENT_TYPE =
  'application/openmetrics-text; version=1.0.0; charset=utf-8';

interface FamilyHead {
  /** Without a unit and without `_total`: both are appended. */
  readonly name: string;
  readonly help: string;
  readonly unit?: 'seconds' | 'bytes' | 'ratio';
}

export type SampleLabels = Readonly<Record<string, string>>;

export interface ValueSample {
  readonly labels: SampleLabels;
  readonly value: number;
}

export interface HistogramSample {
  readonly labels: SampleLabels;
  /** Observations at or below each bound, in the family's unit, bounds ascending. */
  readonly buckets: readonly { readonly upTo: number; readonly count: number }[];
  readonly count: number;
  readonly sum: number;
}

/** All series of one name. */
export type MetricFamily =
  | (FamilyHead & { readonly kind: 'counter' | 'gauge'; readonly samples: readonly ValueSample[] })
  | (FamilyHead & { readonly kind: 'histogram'; readonly samples: readonly HistogramSample[] });

/**
 * OpenMetrics 1.0 text
 * (https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md).
 */
export const encodeOpenMetrics = (families: readonly MetricFamily[]): string =>
  `${[...families.flatMap(familyLines), '# EOF'].join('\n')}\n`;

function familyLines(family: MetricFamily): readonly string[] {
  const name = family.unit === undefined ? family.name : `${family.name}_${family.unit}`;
  const head = [
    `# TYPE ${name} ${family.kind}`,
    ...(family.unit === undefined ? [] : [`# UNIT ${name} ${family.unit}`]),
    `# HELP ${name} ${escapeText(family.help)}`,
  ];
  if (family.kind === 'histogram') {
    return [...head, ...family.samples.flatMap((sample) => histogramLines(name, sample))];
  }
  const suffix = family.kind === 'counter' ? '_total' : '';
  return [
    ...head,
    ...family.samples.map(({ labels, value }) => line(name + suffix, labels, numberOf(value))),
  ];
}

function histogramLines(
  name: string,
  { labels, buckets, count, sum }: HistogramSample,
): readonly string[] {
  const bucket = (le: string, upToCount: number) =>
    line(`${name}_bucket`, { ...labels, le }, numberOf(upToCount));
  return [
    ...buckets.map(({ upTo, count: upToCount }) => bucket(boundOf(upTo), upToCount)),
    bucket('+Inf', count),
    line(`${name}_count`, labels, numberOf(count)),
    line(`${name}_sum`, labels, numberOf(sum)),
  ];
}

function line(name: string, labels: SampleLabels, value: string): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeText(text)}"`);
  return pairs.length === 0 ? `${name} ${value}` : `${name}{${pairs.join(',')}} ${value}`;
}

const escapeText = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');

function numberOf(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(value);
}

/** Bounds are written as floats: `1.0` and `1` would be two series. */
const boundOf = (upTo: number): string => (Number.isInteger(upTo) ? `${upTo}.0` : String(upTo));
