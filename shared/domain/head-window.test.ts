import { describe, expect, it } from 'vitest';
import { callItem, resultItem, userItem } from '../testing/transcripts.ts';
import { entryOf, replaceEntries } from './head-window.ts';

const LONG = 'long '.repeat(4_000);

describe('an entry of the head', () => {
  it('holds an item of up to 16 KiB, and points to a longer one', () => {
    const short = userItem(1);
    expect(entryOf(short)).toMatchObject({ seq: 1, tokens: 2, item: short });
    const long = userItem(2, { content: LONG });
    expect(entryOf(long)).toEqual({
      ...{ seq: 2, tokens: 6_667, bytes: 48 + '{"contentType":"user_message"}'.length },
      outline: { contentType: 'user_message' },
    });
  });

  it('says which call a long result answers, but not which calls a long item makes', () => {
    expect(entryOf(resultItem(1, 'call_1', { content: LONG })).outline).toEqual({
      contentType: 'tool_result',
      toolCallId: 'call_1',
    });
    expect(entryOf(callItem(2, ['a'], { content: LONG }))).toEqual({
      ...{ seq: 2, tokens: 6_667, bytes: 48 },
    });
  });

  it('holds no old copy of an item that grew too large for it', () => {
    const entries = [userItem(1), userItem(2)].map(entryOf);
    const grown = userItem(2, { metadata: { note: LONG } });
    const [first, second] = replaceEntries(entries, new Map([[2, grown]]));
    expect(first).toBe(entries[0]);
    expect(second).not.toHaveProperty('item');
    expect(second?.outline).toEqual({ contentType: 'user_message' });
  });
});
