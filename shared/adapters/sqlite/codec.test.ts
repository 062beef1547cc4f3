import { describe, expect, it } from 'vitest';
import { itemJson } from '../../domain/item-json.ts';
import { aHead, anAppend, anItem, aSession, nextHead, someItems } from '../../testing/builders.ts';
import { decodeHead, decodeId, decodeItem, encodeHead, encodeId } from './codec.ts';

describe('a head', () => {
  it('is the JSON value that it would be if it were written in one go', () => {
    const { head } = anAppend(aSession(), [
      anItem(1, { contentType: 'system_message' }),
      anItem(2, { pinned: true, content: 'quoted "words"\ud800\u0000' }),
      anItem(3, { content: 'too large to stand inline '.repeat(1_000) }),
    ]);
    expect(JSON.parse(encodeHead(head))).toEqual(JSON.parse(JSON.stringify(head)));
    expect(decodeHead(encodeHead(head))).toEqual(head);
    expect(head.anchors.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(head.window[2]).not.toHaveProperty('item');
  });

  it('of no items is read back as it was', () => {
    const head = aHead(aSession());
    expect(decodeHead(encodeHead(head))).toEqual(head);
  });

  it('shows a renewed item, not the text of the old one', () => {
    const { head } = anAppend(aSession(), someItems(1, 2));
    encodeHead(head);
    const renewed = anItem(2, { pinned: true });
    const [first, second] = head.window;
    const window = [first, second && { ...second, item: renewed }].filter(
      (one) => one !== undefined,
    );
    expect(decodeHead(encodeHead(nextHead(head, { window }))).window[1]?.item).toEqual(renewed);
  });
});

describe('an item', () => {
  it('is written once for its row and its heads', () => {
    const item = anItem(1);
    const text = itemJson(item);
    expect(encodeHead(anAppend(aSession(), [item]).head)).toContain(text);
    expect(decodeItem(text)).toEqual(item);
  });

  it('that is not JSON is a data loss', () => {
    expect(() => decodeItem('{"content":"secret')).toThrow(
      expect.objectContaining({
        code: 'data-loss',
        message: 'A stored item is not what was written',
      }),
    );
  });
});

describe('an identifier', () => {
  it.each(['plain', 'a\ud800', 'a\ufffd', '"quoted"', 'back\\slash', 'a\\ud800', '\u{1f600}', ''])(
    '%j is read back as it was',
    (id) => {
      expect(decodeId(encodeId(id))).toBe(id);
    },
  );

  it('is never the same text as another one', () => {
    const ids = ['a\ud800', 'a\\ud800', 'a\ufffd', '"', '\\"', '\\', '\\\\'];
    expect(new Set(ids.map(encodeId)).size).toBe(7);
  });
});
