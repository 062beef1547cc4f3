import { describe, expect, it } from 'vitest';
import type { Json } from '../../kernel/json.ts';
import { sameJson } from './same-json.ts';

const parsed = (text: string): Json => JSON.parse(text) as Json;

describe('two JSON values', () => {
  it('are the same whatever the order of their keys', () => {
    expect(
      sameJson(parsed('{"a":[1,{"b":null}],"c":"x"}'), parsed('{"c":"x","a":[1,{"b":null}]}')),
    ).toBe(true);
  });

  it.each([
    ['{"a":1}', '{"a":1,"b":null}'],
    ['{"a":1,"b":2}', '{"a":1,"c":2}'],
    ['{"__proto__":1}', '{"toString":1}'],
    ['{"a":null}', '{}'],
    ['[1,2]', '[2,1]'],
    ['[1]', '[1,2]'],
    ['[]', '{}'],
    ['{}', '[]'],
    ['"1"', '1'],
    ['null', '{}'],
    ['""', 'null'],
  ])('%s and %s are not the same', (left, right) => {
    expect(sameJson(parsed(left), parsed(right))).toBe(false);
  });
});
