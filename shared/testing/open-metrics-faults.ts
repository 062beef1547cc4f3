const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const TEXT = String.raw`(?:[^\\"\n]|\\[\\"n])*`;
const LABEL = `[a-zA-Z_][a-zA-Z0-9_]*="${TEXT}"`;
const NUMBER = String.raw`[+-]?(?:\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|Inf)|NaN`;
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (${NUMBER})$`);
const HEAD = new RegExp(`^# (TYPE|UNIT|HELP) (${NAME}) (${TEXT})$`);

/** Endings of a family's samples, by its type. */
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total', '_created'],
  gauge: [''],
  histogram: ['_bucket', '_count', '_sum', '_created'],
};

interface Family {
  readonly name: string;
  readonly heads: Map<string, string>;
  readonly samples: Sample[];
}

interface Sample {
  readonly name: string;
  readonly labels: string;
  readonly value: number;
}

/**
 * Where a text breaks the rules of OpenMetrics 1.0 that no line shows by itself: order, names, units,
 * doubles, buckets (https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md).
 */
export function openMetricsFaults(text: string): readonly string[] {
  const lines = text.split('\n');
  if (lines.pop() !== '' || lines.pop() !== '# EOF')
    return ['does not end with # EOF and a line feed'];
  const faults: string[] = [];
  const families: Family[] = [];
  for (const line of lines) {
    const fault = addLine(families, line);
    if (fault) faults.push(`${fault}: ${line}`);
  }
  return [...faults, ...doubles(families.map(({ name }) => name)), ...families.flatMap(faultsOf)];
}

function addLine(families: Family[], line: string): string | undefined {
  const [, keyword = '', about = '', rest = ''] = HEAD.exec(line) ?? [];
  if (keyword) return addHead(families, { keyword, about, rest });
  const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? [];
  if (!name) return 'neither head nor sample';
  const family = families.at(-1);
  const suffixes = SUFFIXES[family?.heads.get('TYPE') ?? ''] ?? [];
  if (!family || !suffixes.some((suffix) => name === family.name + suffix)) {
    return 'a sample of no family, or with a wrong ending';
  }
  family.samples.push({ name, labels, value: Number(value.replace('Inf', 'Infinity')) });
  return undefined;
}

function addHead(
  families: Family[],
  { keyword, about, rest }: { keyword: string; about: string; rest: string },
): string | undefined {
  let family = families.at(-1);
  if (family?.name !== about) {
    family = { name: about, heads: new Map(), samples: [] };
    families.push(family);
  }
  if (family.samples.length > 0) return 'a head behind samples';
  if (family.heads.has(keyword)) return 'a head twice';
  family.heads.set(keyword, rest);
  if (keyword === 'UNIT' && !about.endsWith(`_${rest}`)) return 'a unit that does not end the name';
  return undefined;
}

function faultsOf({ name, heads, samples }: Family): readonly string[] {
  const type = heads.get('TYPE') ?? '';
  const series = doubles(samples.map((sample) => `${sample.name}{${sample.labels}}`));
  const unknown = SUFFIXES[type] ? [] : [`no known type: ${name} ${type}`];
  const falling =
    type === 'gauge' || samples.every(({ value }) => value >= 0) ? [] : [`below zero: ${name}`];
  return [
    ...series,
    ...unknown,
    ...falling,
    ...(type === 'histogram' ? bucketFaults(samples) : []),
  ];
}

/** Buckets of one series stand together, rise, and end with everything. */
function bucketFaults(samples: readonly Sample[]): readonly string[] {
  const faults: string[] = [];
  let before: { readonly le: number; readonly value: number } | undefined;
  for (const { name, labels, value } of samples) {
    const bound = /(?:^|,)le="([^"]*)"$/.exec(labels)?.[1];
    if (name.endsWith('_bucket')) {
      const le = Number((bound ?? 'none').replace('Inf', 'Infinity'));
      const rises = before === undefined || (le > before.le && value >= before.value);
      if (!(le > 0) || !/[.eI]/.test(bound ?? '') || !rises)
        faults.push(`bucket: ${name} ${labels}`);
      before = { le, value };
    } else {
      if (before && before.le !== Number.POSITIVE_INFINITY)
        faults.push(`no +Inf: ${name} ${labels}`);
      if (before && name.endsWith('_count') && before.value !== value) {
        faults.push(`count is not the last bucket: ${name} ${labels}`);
      }
      before = undefined;
    }
  }
  return faults;
}

const doubles = (names: readonly string[]): readonly string[] =>
  names.filter((name, place) => names.indexOf(name) !== place).map((name) => `twice: ${name}`);
