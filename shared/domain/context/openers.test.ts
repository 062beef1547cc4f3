import { describe, expect, it } from 'vitest';
import {
  assistantItem,
  callItem,
  resultItem,
  systemItem,
  userItem,
} from '../../testing/transcripts.ts';
import { groupItems } from '../group.ts';
import type { StoredItem } from '../item.ts';
import { openersOf } from './openers.ts';

const inAll = (recent: readonly StoredItem[], memory?: string) =>
  (['raw', 'openai', 'anthropic', 'gemini'] as const).map((format) =>
    openersOf(format, { before: [], memory, recent: groupItems(recent).groups }),
  );

describe('openersOf', () => {
  it('counts none where the user begins', () => {
    expect(inAll([])).toEqual([0, 0, 0, 0]);
    expect(inAll([systemItem(1), userItem(2), assistantItem(3)])).toEqual([0, 0, 0, 0]);
  });

  it('counts one where the model begins, unless the memory message can', () => {
    expect(inAll([systemItem(1), assistantItem(2), userItem(3)])).toEqual([0, 0, 1, 1]);
    expect(inAll([callItem(1, ['a'])])).toEqual([0, 0, 1, 1]);
    expect(inAll([assistantItem(1)], 'memory')).toEqual([0, 0, 0, 0]);
  });

  it('does not count on a blank message to begin', () => {
    expect(inAll([userItem(1, { content: ' ' }), assistantItem(2)])).toEqual([0, 0, 1, 1]);
  });

  it('counts one more for Gemini before each call that follows the words of the model', () => {
    const turns = [userItem(1), assistantItem(2), callItem(3, ['a']), resultItem(4, 'a')];
    expect(inAll(turns)).toEqual([0, 0, 0, 1]);
    expect(inAll([...turns, callItem(5, ['b'])])).toEqual([0, 0, 0, 1]);
    expect(inAll([...turns, assistantItem(5), callItem(6, ['b'])])).toEqual([0, 0, 0, 2]);
  });
});
