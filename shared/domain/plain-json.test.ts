import { describe, expect, it } from 'vitest';
import { isJson, plainJson } from './plain-json.ts';

describe('JSON as plain text', () => {
  it('is keys and values', () => {
    expect(plainJson('{"order": "A1", "rows": [1, 2], "paid": true}')).toBe(
      'order: A1, rows: 1, 2; paid: true',
    );
  });

  it('parts what is nested by semicolons', () => {
    expect(plainJson('[{"seat":"14C","row":14},{"seat":"15A","row":15}]')).toBe(
      'seat: 14C, row: 14; seat: 15A, row: 15',
    );
    expect(plainJson('{"a":{"b":1,"c":2},"d":null}')).toBe('a: b: 1, c: 2; d: null');
  });

  it('keeps what strings say to the letter, brackets and commas too', () => {
    expect(plainJson('{"code":"a[0] = {x, \\"y\\"}","path":"C:\\\\tmp"}')).toBe(
      'code: a[0] = {x, "y"}, path: C:\\tmp',
    );
  });

  it('shows what is empty', () => {
    expect(plainJson('{"rows": [], "by": {}, "note": ""}')).toBe('rows: []; by: {}; note: ""');
  });

  it('takes a text that is cut off anywhere', () => {
    const text = '{"order": "A\\"1", "rows": [1, {"x": "y"}]}';
    for (let end = 1; end < text.length; end++) {
      expect(plainJson(text.slice(0, end))).not.toMatch(/undefined|^\{/);
    }
    expect(plainJson('{"order": "A1", "ro')).toBe('order: A1, ro');
  });

  it('is told from text that only begins like it', () => {
    for (const json of ['{"a":1}', ' [ {"a": 1} ]', '["a", "b"]\n', '[[1]]'])
      expect(isJson(json)).toBe(true);
    for (const text of ['[INFO] ready [ok]', '{ x }', '{"a":1} is it', '[1] one [2]', 'a'])
      expect(isJson(text)).toBe(false);
  });
});
