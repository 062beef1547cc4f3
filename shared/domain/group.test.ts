import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Group, groupItems } from './group.ts';
import type { Item } from './item.ts';

const item = (seq: number, contentType: string, rest: Partial<Item> = {}): Item => ({
  seq,
  content: `item ${seq}`,
  contentType,
  createdAtMs: 0,
  pinned: false,
  tokens: 1,
  ...rest,
});
const user = (seq: number) => item(seq, 'user_message');
const call = (seq: number, ...ids: string[]) =>
  item(seq, 'tool_call', { toolCalls: ids.map((id) => ({ id, name: 'f', arguments: {} })) });
const result = (seq: number, toolCallId?: string) =>
  item(seq, 'tool_result', toolCallId === undefined ? {} : { toolCallId });

const seqs = (groups: readonly Group[]) => groups.map(({ items }) => items.map(({ seq }) => seq));
const open = (groups: readonly Group[]) =>
  groups.map(({ unanswered }) => unanswered.map(({ id }) => id));

describe('groupItems', () => {
  it('puts a call together with its results and leaves other items alone', () => {
    const { groups, orphans } = groupItems([user(1), call(2, 'a'), result(3, 'a'), user(4)]);
    expect(seqs(groups)).toEqual([[1], [2, 3], [4]]);
    expect(open(groups)).toEqual([[], [], []]);
    expect(orphans).toEqual([]);
  });

  it('collects the results of parallel calls in seq order and names what is still open', () => {
    const { groups } = groupItems([call(1, 'a', 'b', 'c'), result(2, 'c'), result(3, 'a')]);
    expect(seqs(groups)).toEqual([[1, 2, 3]]);
    expect(open(groups)).toEqual([['b']]);
  });

  it('joins a late result to its call and keeps what came in between as its own group', () => {
    const { groups } = groupItems([call(1, 'a'), user(2), result(3, 'a'), user(4)]);
    expect(seqs(groups)).toEqual([[1, 3], [2], [4]]);
  });

  it('answers the nearest open call when an id is used again', () => {
    const { groups, orphans } = groupItems([
      call(1, 'a'),
      result(2, 'a'),
      call(3, 'a'),
      result(4, 'a'),
      result(5, 'a'),
    ]);
    expect(seqs(groups)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(orphans.map(({ seq }) => seq)).toEqual([5]);
  });

  it('takes a result more than 200 seqs behind its call for an orphan', () => {
    const near = groupItems([call(1, 'a'), user(2), result(201, 'a')]);
    expect(seqs(near.groups)).toEqual([[1, 201], [2]]);
    const far = groupItems([call(1, 'a'), user(2), result(202, 'a')]);
    expect(seqs(far.groups)).toEqual([[1], [2]]);
    expect(far.orphans.map(({ seq }) => seq)).toEqual([202]);
  });

  it('goes back to an older open call of the same id once the nearer one is answered', () => {
    const { groups } = groupItems([call(1, 'a'), call(2, 'a'), result(3, 'a'), result(4, 'a')]);
    expect(seqs(groups)).toEqual([
      [1, 4],
      [2, 3],
    ]);
  });

  it('takes one result for each of two calls with one id in the same item', () => {
    const { groups, orphans } = groupItems([call(1, 'a', 'a'), result(2, 'a')]);
    expect(open(groups)).toEqual([['a']]);
    expect(orphans).toEqual([]);
    const [first, second] = [
      { id: 'a', name: 'first', arguments: {} },
      { id: 'a', name: 'second', arguments: {} },
    ];
    const both = item(1, 'tool_call', { toolCalls: [first, second] });
    expect(groupItems([both, result(2, 'a')]).groups[0]?.unanswered).toEqual([second]);
    const shared = { id: 'a', name: 'f', arguments: {} };
    const twice = item(1, 'tool_call', { toolCalls: [shared, shared] });
    expect(open(groupItems([twice, result(2, 'a')]).groups)).toEqual([['a']]);
  });

  it('calls a result an orphan without a call, before its call, or without an id', () => {
    const { groups, orphans } = groupItems([
      result(1, 'a'),
      call(2, 'a'),
      result(3),
      result(4, 'x'),
    ]);
    expect(seqs(groups)).toEqual([[2]]);
    expect(open(groups)).toEqual([['a']]);
    expect(orphans.map(({ seq }) => seq)).toEqual([1, 3, 4]);
  });

  it('treats a tool call without calls, and calls on other content types, as single items', () => {
    const odd = item(2, 'user_message', { toolCalls: [{ id: 'a', name: 'f', arguments: {} }] });
    const { groups, orphans } = groupItems([item(1, 'tool_call'), odd, result(3, 'a')]);
    expect(seqs(groups)).toEqual([[1], [2]]);
    expect(orphans.map(({ seq }) => seq)).toEqual([3]);
  });

  // Gaps between the seqs: some results are too far behind their calls.
  const transcript = fc
    .tuple(
      fc.constantFrom(1, 30, 90),
      fc.array(
        fc.oneof(
          fc.constant('user' as const),
          fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }),
          fc.constantFrom('a', 'b', 'c'),
        ),
      ),
    )
    .map(([step, kinds]) =>
      kinds.map((kind, index) => {
        const seq = (index + 1) * step;
        if (kind === 'user') return user(seq);
        return typeof kind === 'string' ? result(seq, kind) : call(seq, ...kind);
      }),
    );

  it('puts every item of any transcript in exactly one place, groups in order of first seq', () => {
    fc.assert(
      fc.property(transcript, (items) => {
        const { groups, orphans } = groupItems(items);
        const placed = [...groups.flatMap((group) => group.items), ...orphans];
        expect(placed.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(
          items.map(({ seq }) => seq),
        );
        const first = groups.map((group) => group.items[0]?.seq ?? 0);
        expect(first).toEqual([...first].sort((a, b) => a - b));
        for (const {
          items: [head, ...results],
          unanswered,
        } of groups) {
          expect(results.length + unanswered.length).toBe(head?.toolCalls?.length ?? 0);
        }
      }),
    );
  });

  it('finds the same pairs in a contiguous part as in the whole', () => {
    fc.assert(
      fc.property(transcript, fc.nat(), fc.nat(), (items, a, b) => {
        const from = a % (items.length + 1);
        const to = from + (b % (items.length - from + 1));
        const part = items.slice(from, to);
        const inPart = new Set(part);
        const whole = groupItems(items).groups.filter(
          ({ items: [head] }) => head && inPart.has(head),
        );
        const expected = whole.map((group) => group.items.filter((each) => inPart.has(each)));
        expect(groupItems(part).groups.map((group) => group.items)).toEqual(expected);
      }),
    );
  });
});
