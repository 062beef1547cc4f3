import { readFileSync } from 'node:fs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { type OptionName, StrataOptions } from '../options.ts';
import type { Tuning } from './tuning.ts';

const SOURCE = readFileSync(new URL('tuning.ts', import.meta.url), 'utf8');
const DEFAULTS: Readonly<Record<string, unknown>> = StrataOptions.parse({});

/** The comment above each option. */
const DOCS = new Map(
  [...SOURCE.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n {2}readonly (\w+)\?:/g)].map(
    ([, text = '', name = '']) => [name, text.replace(/[\s*]+/g, ' ').trim()],
  ),
);

/** These are said in other words than their value. */
const IN_WORDS = ['geminiProject', 'alertThresholds'];
const TIMES_AND_SIZES = ['days', 'seconds', 'milliseconds', 'MiB'];

describe('Tuning', () => {
  it('has every option, with the type that is read', () => {
    expectTypeOf<keyof Tuning>().toEqualTypeOf<OptionName>();
    expectTypeOf<Tuning>().toExtend<Partial<StrataOptions>>();
    expectTypeOf<Partial<StrataOptions>>().toExtend<Tuning>();
    expect([...DOCS.keys()]).toEqual(Object.keys(StrataOptions.shape));
  });

  it.each(Object.entries(StrataOptions.shape))('says unit and default of %s', (name, schema) => {
    const doc = DOCS.get(name) ?? '';
    const unit = String(schema.meta()?.['unit']);
    if (TIMES_AND_SIZES.includes(unit)) expect(doc).toContain(`in ${unit}`);
    expect(doc).toContain('Default');
    if (!IN_WORDS.includes(name)) {
      expect(doc.replaceAll('`', '')).toMatch(new RegExp(`Default ${DEFAULTS[name]}[.:]`));
    }
  });
});
