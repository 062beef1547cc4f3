import fc from 'fast-check';
import type { Json, JsonObject } from '../../kernel/json.ts';

// Pieces that conversations of every format are made of at random.

/** Any text: empty, blank, of any script, with half a character. */
export const texts = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom('', ' ', '\n', '\ud800', '你好，世界', '{"a":1}', '{"id":12345678901234567890}'),
);

export const visibleTexts = texts.map((text) => `${text}.`);

/** Text that ends in white space now and then. */
export const looseTexts = fc
  .tuple(visibleTexts, fc.constantFrom('', '', '\n', ' '))
  .map(([text, end]) => text + end);

export const names = fc.constantFrom('search', 'get_weather', 'f');

/** Values as they stand in JSON: without the sign of a zero, which JSON.stringify leaves out. */
const jsonValues = fc
  .jsonValue({ maxDepth: 2 })
  .map((value): Json => JSON.parse(JSON.stringify(value)));

export const objects = fc.dictionary(
  fc.constantFrom('q', 'n', '__proto__', 'constructor', 'result'),
  jsonValues,
  { maxKeys: 3 },
);

/** Fields that no item has. */
export const extras = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.dictionary(
      fc.constantFrom('x_extra', '__proto__', 'annotations', 'toString'),
      jsonValues,
      { maxKeys: 2 },
    ),
  },
);

/** One object of several, made at random each; those of `last` win. */
export const blend = (
  ...parts: readonly fc.Arbitrary<Readonly<Record<string, unknown>>>[]
): fc.Arbitrary<JsonObject> =>
  fc
    .tuple(...parts)
    .map(
      (all) =>
        JSON.parse(
          JSON.stringify(Object.fromEntries(all.flatMap((part) => Object.entries(part)))),
        ) as JsonObject,
    );

export const always = <T>(value: T) => fc.constant(value);

/** A field that is there or not. */
export const maybe = (field: string, values: fc.Arbitrary<unknown>) =>
  fc
    .option(values, { nil: undefined })
    .map((value) => (value === undefined ? {} : { [field]: value }));

export const field = (name: string, values: fc.Arbitrary<unknown>) =>
  values.map((value) => ({ [name]: value }));
