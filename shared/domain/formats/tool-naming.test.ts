import { describe, expect, it } from 'vitest';
import { CallIds, commonToolName } from './tool-naming.ts';

const LETTERS = /^[a-zA-Z0-9_-]+$/;

describe('ids of calls', () => {
  it('stay as they are where they may', () => {
    const ids = new CallIds(LETTERS);
    expect(ids.claim('toolu_01', true)).toBe('toolu_01');
    expect(ids.claim('x'.repeat(41), true)).toBe('x'.repeat(41));
  });

  it('are numbered when they come again, past names that are taken', () => {
    const ids = new CallIds(LETTERS);
    expect(['a', 'a_2', 'a', 'a'].map((id) => ids.claim(id, true))).toEqual([
      'a',
      'a_2',
      'a_3',
      'a_4',
    ]);
  });

  it('are written in plain letters, and told apart when that makes them equal', () => {
    const ids = new CallIds(LETTERS);
    expect(ids.claim('f:0', false)).toBe('f_0');
    expect(ids.claim('f.0', false)).toBe('f_0_2');
    expect(ids.claim('', false)).toBe('call');
  });

  it('are no longer than 40 characters when they come from elsewhere or are numbered', () => {
    const ids = new CallIds(/^[\s\S]+$/);
    const long = 'x'.repeat(40);
    const claimed = [ids.claim(long, false), ids.claim(long, false), ids.claim(`${long}y`, false)];
    expect(claimed[0]).toBe(long);
    expect(new Set(claimed).size).toBe(3);
    expect(Math.max(...claimed.map(({ length }) => length))).toBe(40);
  });
});

describe('names of tools', () => {
  it('are written in letters that every provider takes', () => {
    expect(commonToolName('get_weather-2')).toBe('get_weather-2');
    expect(commonToolName('my tool.v2')).toBe('my_tool_v2');
    expect(commonToolName('1st')).toBe('_1st');
    expect(commonToolName('')).toBe('tool');
    expect(commonToolName('x'.repeat(80))).toBe('x'.repeat(64));
    expect(commonToolName('9'.repeat(80))).toBe(`_${'9'.repeat(63)}`);
  });
});
