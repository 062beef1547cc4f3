/** `12345` → `12,345`; fractions are rounded. */
export const whole = (value: number): string =>
  String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** `1 history`, `4 histories of …`: the first word of a name in its plural. */
export function counted(count: number, name: string): string {
  if (count === 1) return `1 ${name}`;
  const [, word = '', rest = ''] = /^(\S+)(.*)$/s.exec(name) ?? [];
  const plural = /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`;
  return `${whole(count)} ${plural}${rest}`;
}

/** One decimal where it says something: `0.2`, `1`, `12`. */
export const brief = (value: number): string =>
  value >= 10 || Number.isInteger(value) ? whole(value) : value.toFixed(1);

export const kib = (bytes: number): string => (bytes / 1_024).toFixed(1);

/** How many times smaller: `5.3×`; a dash where there is nothing. */
export const ratio = (rawBytes: number, bytes: number): string =>
  bytes > 0 ? `${(rawBytes / bytes).toFixed(1)}×` : '–';

export const percent = (part: number, of: number): string =>
  of > 0 ? `${Math.round((100 * part) / of)} %` : '–';

/** Milliseconds in a form that fits their size. */
export const duration = (ms: number): string =>
  ms >= 1_000
    ? `${(ms / 1_000).toFixed(1)} s`
    : ms >= 10
      ? `${Math.round(ms)} ms`
      : `${ms.toFixed(1)} ms`;

/** The value that so many percent of all are not above. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
