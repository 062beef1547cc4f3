import { describe, expect, it } from 'vitest';
import type { GeminiResponse } from './gemini-api.ts';
import { readSummary } from './read-response.ts';

const always = () => true;
const upTo = (length: number) => (text: string) => text.length <= length;
const answer = (text: string, finishReason = 'STOP'): GeminiResponse => ({
  candidates: [{ content: { parts: [{ text }] }, finishReason }],
});
const codeOf = (response: GeminiResponse, fits: (text: string) => boolean = always) => {
  try {
    return { text: readSummary(response, fits) };
  } catch (thrown) {
    const { code, details } = thrown as { code: string; details: { reason?: string } };
    return { code, reason: details.reason };
  }
};

describe('the summary in an answer', () => {
  it('is the text of all parts but the thoughts', () => {
    const parts = [
      { text: 'Let me think. ', thought: true },
      { text: 'The order is ' },
      { text: 'paid.\n' },
    ];
    expect(
      readSummary({ candidates: [{ content: { parts }, finishReason: 'STOP' }] }, always),
    ).toBe('The order is paid.');
  });

  it('is cut after the last sentence that fits', () => {
    const text = 'The order is paid. It leaves on Monday. The bill follows.';
    expect(readSummary(answer(text), upTo(40))).toBe('The order is paid. It leaves on Monday.');
    expect(readSummary(answer('订单已付款。周一发货。'), upTo(7))).toBe('订单已付款。');
  });

  it('loses the sentence in which the answer was cut off', () => {
    const text = 'The order is paid. It does not leave on';
    expect(readSummary(answer(text, 'MAX_TOKENS'), always)).toBe('The order is paid.');
  });

  it('is refused when it was cut off in its first sentence, or before', () => {
    const refused = { code: 'invalid-argument', reason: 'MAX_TOKENS' };
    expect(codeOf(answer('The order is', 'MAX_TOKENS'))).toEqual(refused);
    expect(codeOf({ candidates: [{ finishReason: 'MAX_TOKENS' }] })).toEqual(refused);
  });

  it('is refused when its first sentence is too long', () => {
    expect(codeOf(answer('The order is paid.'), upTo(5))).toEqual({
      code: 'invalid-argument',
      reason: 'OVER_LIMIT',
    });
  });

  it.each(['SAFETY', 'RECITATION', 'PROHIBITED_CONTENT', 'SPII', 'A_NEW_REASON'])(
    'is not to be had when the model stops for %s, now or later',
    (reason) => {
      expect(codeOf(answer('The order', reason))).toEqual({ code: 'invalid-argument', reason });
    },
  );

  it('is not to be had when the prompt is blocked', () => {
    expect(codeOf({ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } })).toEqual({
      code: 'invalid-argument',
      reason: 'PROHIBITED_CONTENT',
    });
  });

  it.each([
    ['no candidate', {}],
    ['a candidate without content', { candidates: [{ finishReason: 'STOP' }] }],
    ['a blank text', answer(' \n ')],
    ['no reason to stop', { candidates: [{ content: { parts: [{ text: 'So' }] } }] }],
    ['a reason of its own', answer('So', 'OTHER')],
  ])('may come with the next try after an answer with %s', (_what, response) => {
    expect(codeOf(response)).toMatchObject({ code: 'unavailable' });
  });

  it('holds no half characters', () => {
    expect(readSummary(answer('Paid \ud83d.'), always)).toBe('Paid \ufffd.');
  });
});
