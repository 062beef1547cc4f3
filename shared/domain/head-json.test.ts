import { describe, expect, it } from 'vitest';
import { aHead, anAppend, anItem, aSession, nextHead, someItems } from '../testing/builders.ts';
import { headJson } from './head-json.ts';
import { itemJson } from './item-json.ts';

describe('a head', () => {
  it('is the JSON value that it would be if it were written in one go', () => {
    const { head } = anAppend(aSession(), [
      anItem(1, { contentType: 'system_message' }),
      anItem(2, { pinned: true, content: 'quoted "words"\ud800\u0000' }),
      anItem(3, { content: 'too large to stand inline '.repeat(1_000) }),
    ]);
    expect(JSON.parse(headJson(head))).toEqual(JSON.parse(JSON.stringify(head)));
    expect(JSON.parse(headJson(head))).toEqual(head);
    expect(head.anchors.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(head.window[2]).not.toHaveProperty('item');
  });

  it('of no items is read back as it was', () => {
    const head = aHead(aSession());
    expect(JSON.parse(headJson(head))).toEqual(head);
  });

  it('shows a renewed item, not the text of the old one', () => {
    const { head } = anAppend(aSession(), someItems(1, 2));
    headJson(head);
    const renewed = anItem(2, { pinned: true });
    const [first, second] = head.window;
    const window = [first, second && { ...second, item: renewed }].filter(
      (one) => one !== undefined,
    );
    expect(JSON.parse(headJson(nextHead(head, { window }))).window[1]?.item).toEqual(renewed);
  });

  it('holds the text that an item has in its row', () => {
    const item = anItem(1);
    expect(headJson(anAppend(aSession(), [item]).head)).toContain(itemJson(item));
  });
});
