import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8Bytes } from '../kernel/json.ts';
import type { TokenCounter } from './token-counter.ts';

const KIB_256 = 262_144;
/** A scan that is quadratic in these texts takes minutes; a linear one takes milliseconds. */
const LINEAR_MS = 2_000;

const LONG_TEXTS: Readonly<Record<string, string>> = {
  'one letter': 'a'.repeat(KIB_256),
  'one capital': 'W'.repeat(KIB_256),
  spaces: ' '.repeat(KIB_256),
  quotes: '"'.repeat(KIB_256),
  emoji: '\u{1f600}'.repeat(KIB_256 / 2),
  'first halves of surrogate pairs': '\ud83d'.repeat(KIB_256),
  'second halves of surrogate pairs': '\ude00'.repeat(KIB_256),
  'one Chinese character': '的'.repeat(KIB_256),
  'combining marks': 'e\u0301\u0302'.repeat(KIB_256 / 4),
};

/** What every `TokenCounter` must do. Each adapter's test file calls this once. */
export function describeTokenCounter(name: string, create: () => TokenCounter): void {
  describe(`${name} keeps the TokenCounter contract`, () => {
    const counter = create();

    it('has a name', () => {
      expect(counter.name).not.toBe('');
    });

    it('counts nothing in an empty text and something in every other', () => {
      expect(counter.count('')).toBe(0);
      for (const text of ['a', ' ', '\n', '7', '。', '\u{1f600}', '\ud83d', '\u0000']) {
        expect(counter.count(text)).toBeGreaterThan(0);
      }
    });

    it('counts any text in whole tokens, none of them shorter than a byte', () => {
      fc.assert(
        fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
          const tokens = counter.count(text);
          expect(Number.isSafeInteger(tokens)).toBe(true);
          expect(tokens).toBeGreaterThanOrEqual(text === '' ? 0 : 1);
          expect(tokens).toBeLessThanOrEqual(utf8Bytes(text));
        }),
      );
    });

    it('counts the same text the same, whatever it counted in between', () => {
      const text = 'The order FLX-2291 ships on 2026-03-14. 订单已发货。';
      const first = counter.count(text);
      counter.count('something else');
      expect(counter.count(text)).toBe(first);
    });

    it('counts Chinese by its characters, not as a quarter of them', () => {
      const text = '请提醒我给房东打电话，厨房的水龙头还在漏水。'.repeat(20);
      expect(counter.count(text)).toBeGreaterThan(text.length * 0.5);
    });

    it('counts a word as a few tokens, not as its letters', () => {
      const text = 'Please remind me to call the landlord about the kitchen. '.repeat(20);
      expect(counter.count(text)).toBeLessThan(text.length * 0.35);
    });

    it('grows with a text in proportion', () => {
      const text = 'We meet at 10:30 in room 4. {"status":"ok","items":[1,2,3]} 会议改期。\n';
      const one = counter.count(text.repeat(10));
      const eight = counter.count(text.repeat(80));
      expect(eight / one).toBeGreaterThan(7.8);
      expect(eight / one).toBeLessThan(8.2);
    });

    it.each(Object.entries(LONG_TEXTS))('takes linear time for 256 KiB of %s', (_, text) => {
      const startMs = performance.now();
      expect(counter.count(text)).toBeGreaterThan(0);
      expect(performance.now() - startMs).toBeLessThan(LINEAR_MS);
    });
  });
}
