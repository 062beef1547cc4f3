import { beforeEach, describe, expect, it } from 'vitest';
import { CONTENT_TYPES, type Item } from '../domain/item.ts';
import { utf8Bytes } from '../kernel/json.ts';
import type { Summarizer } from './summarizer.ts';
import type { TokenCounter } from './token-counter.ts';

/** A counter that any adapter can be built with: a token is three bytes. */
const byteCounter: TokenCounter = {
  name: 'bytes',
  count: (text) => Math.ceil(utf8Bytes(text) / 3),
};

const item = (seq: number, content: string, fields: Partial<Item> = {}): Item => ({
  seq,
  content,
  contentType: seq % 2 === 1 ? CONTENT_TYPES.user : CONTENT_TYPES.assistant,
  createdAtMs: 1_767_225_600_000 + seq * 60_000,
  pinned: false,
  tokens: byteCounter.count(content),
  ...fields,
});

const CONVERSATION: readonly Item[] = [
  item(1, 'I have to move my flight from Lisbon to Oslo to 14 March. My booking is ZK4QW9.'),
  item(2, 'I can help with that. Let me look at your booking first. Please wait a moment.'),
  item(3, '', {
    contentType: CONTENT_TYPES.toolCall,
    toolCalls: [{ id: 'c1', name: 'get_booking', arguments: '{"booking":"ZK4QW9"}' }],
    tokens: 20,
  }),
  item(4, '{"booking":"ZK4QW9","flight":"HAT211","date":"2026-03-12","price":129,"bags":2}', {
    contentType: CONTENT_TYPES.toolResult,
    toolCallId: 'c1',
  }),
  item(5, 'The one at ten in the morning would be best. I do not want to pay more than 60 euros.'),
  item(6, 'Flight HAT087 leaves at 10:05 on 14 March. The change costs 45 euros. Shall I book it?'),
  item(7, 'Yes, please book it. My bags should stay with the booking. 谢谢，请把确认信发给我。'),
];
const inputTokens = CONVERSATION.reduce((sum, { tokens }) => sum + tokens, 0);

/** What every `Summarizer` must do. Each adapter's test file calls this once. */
export function describeSummarizer(
  name: string,
  create: (counter: TokenCounter) => Summarizer,
): void {
  describe(`${name} keeps the Summarizer contract`, () => {
    let summarizer: Summarizer;
    beforeEach(() => {
      summarizer = create(byteCounter);
    });

    it('says how many tokens it takes at once', () => {
      expect(Number.isSafeInteger(summarizer.maxInputTokens)).toBe(true);
      expect(summarizer.maxInputTokens).toBeGreaterThanOrEqual(1_000);
    });

    it('writes a text that is smaller than its items and says what wrote it', async () => {
      const draft = await summarizer.summarize({ items: CONVERSATION, maxTokens: 1_000 });
      expect(draft.text.trim()).not.toBe('');
      expect(draft.model).not.toBe('');
      expect(byteCounter.count(draft.text)).toBeLessThan(inputTokens);
    });

    it.each([16, 40, 120])('stays within %i tokens', async (maxTokens) => {
      const { text } = await summarizer.summarize({ items: CONVERSATION, maxTokens });
      expect(text.trim()).not.toBe('');
      expect(byteCounter.count(text)).toBeLessThanOrEqual(maxTokens);
    });

    it('folds the summary so far into one that is smaller than both', async () => {
      const previous = (
        await summarizer.summarize({ items: CONVERSATION.slice(0, 4), maxTokens: 60 })
      ).text;
      const items = CONVERSATION.slice(4);
      const { text } = await summarizer.summarize({ previous, items, maxTokens: 1_000 });
      const given = items.reduce((sum, { tokens }) => sum + tokens, byteCounter.count(previous));
      expect(text.trim()).not.toBe('');
      expect(byteCounter.count(text)).toBeLessThan(given);
    });

    it('takes items that are nothing but a tool call', async () => {
      const items = CONVERSATION.slice(2, 3);
      const { text } = await summarizer.summarize({ items, maxTokens: 100 });
      expect(text.trim()).not.toBe('');
    });

    it('cuts no character in two', async () => {
      const items = [item(1, '\u{1f600}\u{1f680}'.repeat(200)), item(2, '\u{20000}'.repeat(300))];
      for (const maxTokens of [16, 17, 18, 19, 50]) {
        const { text } = await summarizer.summarize({ items, maxTokens });
        expect(text.isWellFormed()).toBe(true);
        expect(byteCounter.count(text)).toBeLessThanOrEqual(maxTokens);
      }
    });

    it('leaves its input as it is', async () => {
      const before = JSON.stringify(CONVERSATION);
      await summarizer.summarize({ items: CONVERSATION, maxTokens: 100 });
      expect(JSON.stringify(CONVERSATION)).toBe(before);
    });

    it('stops when its caller has no time left', async () => {
      const request = { items: CONVERSATION, maxTokens: 100, signal: AbortSignal.abort() };
      await expect(summarizer.summarize(request)).rejects.toMatchObject({
        name: 'AppError',
        code: 'deadline-exceeded',
      });
    });
  });
}
