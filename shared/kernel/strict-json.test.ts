import { describe, expect, it } from 'vitest';
import { parseStrictJson } from './strict-json.ts';

const parse = (text: string) => parseStrictJson(Buffer.from(text));
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('parseStrictJson', () => {
  it('reads any JSON value', () => {
    expect(parse('{"a":[1,"é😀",null,true]}')).toEqual({ a: [1, 'é😀', null, true] });
  });

  it.each([
    ['a torn document', '{"a":', 'The body is not valid JSON'],
    ['an empty body', '', 'The body is not valid JSON'],
  ])('refuses %s', (_name, text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(() => parseStrictJson(Uint8Array.of(0x22, 0xff, 0x22))).toThrow('not valid UTF-8');
  });

  it.each([
    ['{"a":{"__proto__":{"x":1}}}', 'a.__proto__', 'is not allowed as a key'],
    ['{"a":["\\ud800"]}', 'a.0', 'has half of a surrogate pair'],
    ['{"a":1e999}', 'a', 'is a number out of range'],
    ['{"\\udc00":1}', '', 'has a key with half of a surrogate pair'],
  ])('says where %s is at fault', (text, path, message) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ details: { violations: [{ path, message }] } }),
    );
  });

  it('bounds the nesting', () => {
    expect(parse(nested(65))).toBeInstanceOf(Array);
    expect(() => parse(nested(67))).toThrow('not valid');
    expect(() => parse(nested(20_000))).toThrow('not valid');
  });
});
