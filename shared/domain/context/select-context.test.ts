import { describe, expect, it } from 'vitest';
import {
  assistantItem,
  callItem,
  resultItem,
  storedItem,
  systemItem,
  userItem,
} from '../../testing/transcripts.ts';
import type { Group } from '../group.ts';
import type { Fact, Summary } from '../head.ts';
import type { StoredItem } from '../item.ts';
import { selectContext } from './select-context.ts';
import type { ContextInput } from './selection.ts';

// One token a character: expected values can be read off the texts.
const count = (text: string) => text.length;

const summary = (toSeq: number, text = 'They met.'): Summary => ({
  id: 's',
  text,
  fromSeq: 1,
  toSeq,
  tokens: count(text),
  model: 'test',
  isFallback: false,
  createdAtMs: 0,
});

const fact = (seq: number, text: string): Fact => ({ seq, kind: 'number', text });

/** Items cost 10 tokens and an overhead of 4 unless told. */
const sized = (item: StoredItem, tokens = 10): StoredItem => ({ ...item, tokens });
const users = (fromSeq: number, toSeq: number): StoredItem[] =>
  Array.from({ length: toSeq - fromSeq + 1 }, (_, index) => sized(userItem(fromSeq + index)));

const select = (recent: readonly StoredItem[], rest: Partial<ContextInput<StoredItem>> = {}) =>
  selectContext<StoredItem>({
    anchors: [],
    recent,
    fromSeq: 1,
    isWhole: true,
    itemCount: recent.length,
    itemTokens: recent.reduce((sum, { tokens }) => sum + tokens, 0),
    coveredCount: rest.summary?.toSeq ?? 0,
    facts: [],
    budget: 1_000,
    format: 'raw',
    limits: { maxContextItems: 15, factsMaxTokens: 600 },
    count,
    ...rest,
  });

const seqs = (groups: readonly Group[]) =>
  groups.flatMap(({ items }) => items.map(({ seq }) => seq));

/** The memory message with the number of messages that are not shown, in two digits. */
const NOTE_TOKENS = 171 + 4;

describe('selectContext', () => {
  it('is empty for an empty session', () => {
    expect(select([])).toMatchObject({ before: [], recent: [], summary: null, tokens: 0 });
  });

  it('takes everything verbatim when everything fits, and then no summary and no facts', () => {
    const chosen = select(users(1, 4), {
      summary: summary(2),
      facts: [fact(1, '42')],
      budget: 4 * 14,
    });
    expect(seqs(chosen.recent)).toEqual([1, 2, 3, 4]);
    expect(chosen).toMatchObject({ summary: null, facts: [], tokens: 56 });
    expect(chosen).not.toHaveProperty('memory');
  });

  it('keeps pins in front of the memory message, and recent items behind it', () => {
    const [first, ...rest] = users(1, 20);
    const chosen = select([{ ...(first ?? userItem(1)), pinned: true }, ...rest], {
      budget: NOTE_TOKENS + 4 * 14,
    });
    expect(seqs(chosen.before)).toEqual([1]);
    expect(seqs(chosen.recent)).toEqual([18, 19, 20]);
    expect(chosen.memory).toContain('Earlier messages that are not shown: 16');
    expect(chosen.stop).toBe('over-budget');
  });

  it('refuses a budget that the pins alone exceed, and names one that does', () => {
    const items = [
      sized(assistantItem(1, { pinned: true })),
      sized(callItem(2, ['a', 'b'], { pinned: true })),
      sized(resultItem(3, 'a')),
      ...users(4, 9),
    ];
    // The prompt; an opener of 39 characters and the first item, a message each; two messages with
    // two calls and two results, their name of 7 characters, two items and a placeholder of 39.
    const exchange = 2 * 5 + 2 * (37 + 37 + 7) + 2 * 10 + 39;
    const requiredBudget = 4 + (5 + 39) + (5 + 10) + exchange;
    const format = 'anthropic';
    expect(() => select(items, { format, budget: requiredBudget - 1 })).toThrow(
      expect.objectContaining({
        code: 'budget-too-small',
        details: expect.objectContaining({ requiredBudget }),
      }),
    );
    const chosen = select(items, { format, budget: requiredBudget });
    expect(seqs(chosen.before)).toEqual([1, 2, 3]);
    expect(chosen).toMatchObject({ recent: [], tokens: requiredBudget });
  });

  it('takes system items newest first, and an older one where a newer one does not fit', () => {
    const items = [sized(systemItem(1)), sized(systemItem(2), 900), ...users(3, 9)];
    const chosen = select(items, { budget: 500 });
    expect(seqs(chosen.before)).toEqual([1]);
    expect(chosen.omittedSystem).toEqual(new Map([[2, 'over-budget']]));
  });

  it('gives the newest group its place before system items', () => {
    const items = [...users(1, 8), sized(systemItem(9), 50), sized(userItem(10), 50)];
    const chosen = select(items, { budget: 60 });
    expect(chosen.before).toEqual([]);
    expect(seqs(chosen.recent)).toEqual([10]);
    expect(chosen.omittedSystem).toEqual(new Map([[9, 'over-budget']]));
  });

  it('takes only those system items that are named, but all of them where everything fits', () => {
    const items = [sized(systemItem(1)), sized(systemItem(2)), ...users(3, 9)];
    const systemSeqs = new Set([2]);
    expect(seqs(select(items, { systemSeqs, maxItems: 8 }).before)).toEqual([2]);
    expect(seqs(select(items, { systemSeqs, maxItems: 9 }).recent)).toEqual(
      items.map(({ seq }) => seq),
    );
  });

  it('ends the recent part at the first group that does not fit, however small the next is', () => {
    const items = [...users(1, 5), sized(userItem(6), 900), ...users(7, 9)];
    const chosen = select(items, { budget: 800 });
    expect(seqs(chosen.recent)).toEqual([7, 8, 9]);
    expect(chosen.stop).toBe('over-budget');
  });

  it('leaves the recent part empty when the newest group does not fit', () => {
    const items = [...users(1, 5), sized(callItem(6, ['a'])), sized(resultItem(7, 'a'), 900)];
    const chosen = select(items, { budget: 800 });
    expect(chosen.recent).toEqual([]);
    expect(chosen.stop).toBe('over-budget');
  });

  it('counts the placeholder of an unanswered call', () => {
    const items = [...users(1, 1), sized(callItem(2, ['a']))];
    expect(select(items, { budget: 28 + 43 }).tokens).toBe(28 + 43);
    expect(seqs(select(items, { budget: 28 + 42 }).recent)).toEqual([2]);
    expect(select(items, { budget: 14 + 42 }).recent).toEqual([]);
  });

  it('counts an opener where a provider does not let the model begin', () => {
    const first = [sized(assistantItem(1))];
    expect(select(first).tokens).toBe(14);
    expect(select(first, { format: 'openai' }).tokens).toBe(3 + 14);
    expect(select(first, { format: 'anthropic' }).tokens).toBe(4 + 15 + 44);
    expect(select(first, { format: 'gemini' }).tokens).toBe(4 + 15 + 44);
    expect(select(first, { format: 'gemini', budget: 62 }).recent).toEqual([]);
  });

  it('never keeps an orphaned result, pinned or not', () => {
    const items = [sized(resultItem(1, 'x', { pinned: true })), ...users(2, 3)];
    expect(seqs(select(items).recent)).toEqual([2, 3]);
    expect(seqs(select([...items, resultItem(4, 'y')], { maxItems: 1 }).recent)).toEqual([3]);
  });

  it('calls the group with the latest item the newest, and keeps what came in between apart', () => {
    const items = [...users(1, 9), sized(callItem(10, ['a'])), ...users(11, 11)];
    const chosen = select([...items, sized(resultItem(12, 'a'))], { maxItems: 1 });
    expect(seqs(chosen.recent)).toEqual([10, 12]);
  });

  describe('with a cap on items', () => {
    it('counts pins and system items, and takes the newest that are left', () => {
      const items = [sized(systemItem(1)), sized(userItem(2, { pinned: true })), ...users(3, 9)];
      const chosen = select(items, { maxItems: 4 });
      expect(seqs(chosen.before)).toEqual([1, 2]);
      expect(seqs(chosen.recent)).toEqual([8, 9]);
      expect(chosen.stop).toBe('over-max-items');
    });

    it('exceeds the cap only for pins and for the newest group', () => {
      const items = [
        sized(systemItem(1)),
        ...users(2, 3),
        sized(callItem(4, ['a', 'b'])),
        sized(resultItem(5, 'a')),
        sized(resultItem(6, 'b')),
      ];
      const chosen = select(items, { maxItems: 2 });
      expect(chosen.before).toEqual([]);
      expect(seqs(chosen.recent)).toEqual([4, 5, 6]);
      expect(chosen.omittedSystem).toEqual(new Map([[1, 'over-max-items']]));
      const newestIsSystem = [...users(1, 3), sized(systemItem(4))];
      expect(seqs(select(newestIsSystem, { maxItems: 0 }).before)).toEqual([4]);
      const capped = select(newestIsSystem, { maxItems: 1 });
      expect([seqs(capped.before), seqs(capped.recent)]).toEqual([[4], []]);
    });

    it('keeps everything verbatim while the items are no more than the cap', () => {
      expect(select(users(1, 5), { maxItems: 5, summary: summary(2) }).summary).toBeNull();
      expect(select(users(1, 5), { maxItems: 4, summary: summary(2) }).summary).not.toBeNull();
    });
  });

  describe('with a summary', () => {
    it('shows it in the place of what it covers, and takes nothing of that verbatim', () => {
      const chosen = select(users(1, 100), { summary: summary(90) });
      expect(chosen.summary).toEqual(summary(90));
      expect(seqs(chosen.recent)).toEqual([91, 92, 93, 94, 95, 96, 97, 98, 99, 100]);
      expect(chosen.memory).toContain('Summary of messages 1 to 90:\nThey met.');
      expect(chosen).not.toHaveProperty('stop');
    });

    /** The frame of a summary takes 161 characters, the message 4 tokens. */
    const FRAME_TOKENS = 161 + 4;
    const sentences = `One is here. Two is there. ${'More of it. '.repeat(60)}`.trim();
    /** With so many tokens for summary and facts: six in ten of the budget. */
    const withShare = (share: number, facts: readonly Fact[] = []) =>
      select(users(1, 60), {
        ...{ summary: summary(55, sentences), facts, budget: Math.ceil(share / 0.6) },
      });

    it('cuts it at a sentence end to its share of the budget when it does not fit', () => {
      const withTwo = FRAME_TOKENS + 'One is here. Two is there.'.length;
      const two = { ...summary(55, 'One is here. Two is there.'), tokens: 26 };
      expect(withShare(withTwo).summary).toEqual(two);
      const one = { ...summary(55, 'One is here.'), tokens: 12 };
      expect(withShare(withTwo - 1).summary).toEqual(one);
      expect(withShare(FRAME_TOKENS + 'One is here.'.length - 1).summary).toBeNull();
    });

    it('leaves to the facts the half of that share that they need', () => {
      const withTwo = FRAME_TOKENS + 'One is here. Two is there.'.length;
      const facts = Array.from({ length: 30 }, (_, index) => fact(index + 1, `${index + 100} m`));
      expect(withShare(2 * withTwo, facts).summary).toMatchObject({ tokens: 26 });
      expect(withShare(2 * withTwo - 2, facts).summary).toMatchObject({ tokens: 12 });
      const few = withShare(2 * withTwo, facts.slice(0, 1));
      expect(few.summary?.tokens).toBeGreaterThan(100);
      expect(few.facts).toEqual(facts.slice(0, 1));
    });

    it('leaves to the recent items what is not the share of the memory', () => {
      const facts = Array.from({ length: 90 }, (_, index) => fact(index + 1, `${index + 100} m`));
      const chosen = select(users(1, 200), { summary: summary(100), facts, budget: 1_000 });
      const inRecent = 14 * seqs(chosen.recent).length;
      expect(inRecent).toBeGreaterThanOrEqual(400 - 14);
      expect(chosen.tokens - inRecent).toBeLessThanOrEqual(600);
    });

    it('does not tell again what the summary tells of the same item', () => {
      const text = '[3] user: It weighs 86 kg.';
      const facts = [fact(3, 'weighs 86 kg'), fact(4, 'weighs 86 kg')];
      const chosen = select(users(1, 100), { summary: summary(90, text), facts });
      expect(chosen.facts).toEqual(facts);
      expect(chosen.memory).toContain('by message:\n[4] weighs 86 kg\n\n</memory>');
    });

    it('takes the worthiest facts that fit, none of them of an item that is there anyhow', () => {
      const pinned = sized(userItem(2, { pinned: true }));
      const items = [...users(1, 1), pinned, ...users(3, 60)];
      const facts = [fact(1, '11'), fact(2, '22'), fact(3, '33'), fact(4, '44')];
      const all = select(items, { summary: summary(50), facts, budget: 700 });
      expect(all.facts).toEqual([fact(1, '11'), fact(3, '33'), fact(4, '44')]);
      const limits = { maxContextItems: 15, factsMaxTokens: 2 * '\n[1] · 11'.length };
      const few = select(items, { summary: summary(50), facts, budget: 700, limits });
      expect(few.facts).toEqual([fact(3, '33'), fact(4, '44')]);
      const exact = fact(1, '111');
      const worthy = [exact, ...facts.slice(1)];
      const wider = { ...limits, factsMaxTokens: limits.factsMaxTokens + 1 };
      const best = select(items, {
        summary: summary(50),
        facts: worthy,
        budget: 700,
        limits: wider,
      });
      expect(best.facts).toEqual([exact, fact(4, '44')]);
    });

    it('is left out where all that it covers stands there verbatim', () => {
      const items = [...users(1, 2).map((one) => ({ ...one, pinned: true })), ...users(3, 90)];
      expect(select(items, { summary: summary(2), facts: [fact(1, '1')] }).summary).toBeNull();
      expect(select(items, { summary: summary(3), facts: [fact(1, '1')] }).summary).not.toBeNull();
    });

    it('keeps the messages up to the recent ones byte for byte as the session grows', () => {
      const at = (lastSeq: number) =>
        select([sized(systemItem(1)), ...users(2, lastSeq)], {
          summary: summary(90),
          facts: [fact(3, '33')],
        });
      expect(at(97).memory).toBe(at(96).memory);
      expect(at(97).before).toEqual(at(96).before);
      expect(seqs(at(97).recent).slice(0, -1)).toEqual(seqs(at(96).recent));
    });

    it('keeps a group whole that began in the summarised part and was answered after it', () => {
      const items = [sized(callItem(1, ['a'])), ...users(2, 90), sized(resultItem(91, 'a'))];
      const chosen = select(items, { summary: summary(88) });
      expect(seqs(chosen.recent)).toEqual([1, 91, 89, 90]);
    });
  });

  describe('of a part of the session', () => {
    it('asks for older items while there is room for one', () => {
      const part = { isWhole: false, fromSeq: 51, itemCount: 60 };
      expect(select(users(51, 60), part).wantsOlder).toBe(true);
      const full = select(users(51, 60), { ...part, budget: 10 * 14 + NOTE_TOKENS + 3 });
      expect(full).toMatchObject({ wantsOlder: false, stop: 'over-budget' });
      const capped = select(users(51, 60), { ...part, maxItems: 10 });
      expect(capped).toMatchObject({ wantsOlder: false, stop: 'over-max-items' });
    });

    it('does not ask for what the summary covers', () => {
      const part = { isWhole: false, fromSeq: 51, itemCount: 60 };
      expect(select(users(51, 60), { ...part, summary: summary(50) }).wantsOlder).toBe(false);
      expect(select(users(51, 60), { ...part, summary: summary(49) }).wantsOlder).toBe(true);
    });

    it('asks for the call of a result that has a place here', () => {
      const late = [...users(51, 54), sized(resultItem(55, 'a')), ...users(56, 60)];
      const part = { isWhole: false, fromSeq: 51, itemCount: 60 };
      expect(select(late, { ...part, summary: summary(50) }).wantsOlder).toBe(true);
      expect(select(late, { ...part, summary: summary(50), maxItems: 3 }).wantsOlder).toBe(false);
      const far = { ...part, summary: summary(50), fromSeq: 55 - 200 };
      expect(select(late, far).wantsOlder).toBe(false);
    });

    it('takes anchors from before the part, with items of theirs that lie in it', () => {
      const pinned = callItem(3, ['a'], { pinned: true });
      const result = sized(resultItem(52, 'a'));
      const anchors = [{ items: [pinned, result], unanswered: [] }];
      const items = [...users(51, 51), result, ...users(53, 60)];
      const chosen = select(items, {
        ...{ anchors, isWhole: false, fromSeq: 51, itemCount: 60 },
        maxItems: 4,
      });
      expect(seqs(chosen.before)).toEqual([3, 52]);
      expect(seqs(chosen.recent)).toEqual([59, 60]);
      const known = { anchors, isWhole: false, fromSeq: 51, itemCount: 60, summary: summary(50) };
      expect(select(items, known).wantsOlder).toBe(false);
    });
  });

  it('leaves out the oldest recent group while the whole counts more than its parts', () => {
    // A counter under which the memory is dearer the more facts stand in it together.
    const steep = (text: string) => text.length + 30 * (text.split('\n[').length - 1) ** 2;
    const facts = [1, 2, 3].map((seq) => fact(seq, `${seq}`));
    const input = { summary: summary(50), facts, count: steep, budget: 700 };
    const chosen = select(users(1, 80), input);
    expect(chosen.tokens).toBeLessThanOrEqual(700);
    expect(chosen.facts).toEqual(facts);
    expect(chosen.stop).toBe('over-budget');
  });

  it('leaves out the newest group last, be it a system item', () => {
    // With an opener, which costs 44 tokens, the words of the model do not fit beside the system item.
    const long = sized(userItem(1), 900);
    const items = [long, sized(assistantItem(10)), sized(systemItem(11))];
    const chosen = select(items, { format: 'anthropic', budget: 4 + 2 * 15 + 43 });
    expect([seqs(chosen.before), seqs(chosen.recent)]).toEqual([[11], []]);
    const other = [long, sized(systemItem(9)), sized(assistantItem(10))];
    const kept = select(other, { format: 'anthropic', budget: 4 + 2 * 15 + 43 });
    expect([seqs(kept.before), seqs(kept.recent)]).toEqual([[], [10]]);
  });

  it('keeps other content types like messages', () => {
    expect(
      seqs(select([sized(userItem(1)), sized(storedItem(2, { contentType: 'note' }))]).recent),
    ).toEqual([1, 2]);
  });
});
