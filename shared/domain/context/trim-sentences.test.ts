import { describe, expect, it } from 'vitest';
import { trimSentences } from './trim-sentences.ts';

const within = (length: number) => (part: string) => part.length <= length;

describe('trimSentences', () => {
  it('keeps a text that fits', () => {
    expect(trimSentences('One. Two.', within(9))).toBe('One. Two.');
  });

  it('cuts at the last sentence end that fits', () => {
    expect(trimSentences('One is here. Two is there. Three.', within(27))).toBe(
      'One is here. Two is there.',
    );
    expect(trimSentences('One is here. Two is there. Three.', within(25))).toBe('One is here.');
  });

  it('knows the sentence ends of other scripts', () => {
    expect(trimSentences('今天下雨。明天晴。后天不知道。', within(10))).toBe('今天下雨。明天晴。');
    expect(trimSentences('यह पहला है। यह दूसरा है।', within(14))).toBe('यह पहला है।');
  });

  it('takes a line break for a sentence end', () => {
    expect(trimSentences('- first\n- second\n- third', within(18))).toBe('- first\n- second');
  });

  it('gives nothing when the first sentence does not fit, or there is none', () => {
    expect(trimSentences('A sentence that is too long.', within(5))).toBeUndefined();
    expect(trimSentences(' \n', within(5))).toBeUndefined();
  });
});
