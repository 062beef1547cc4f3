import { describe, expect, it } from 'vitest';
import { describeTokenCounter } from '../../ports/token-counter.contract.ts';
import { OpenAiTokenCounter } from './openai-token-counter.ts';

describeTokenCounter('OpenAiTokenCounter', () => new OpenAiTokenCounter());

describe('OpenAiTokenCounter', () => {
  const counter = new OpenAiTokenCounter();

  it('counts as o200k does', () => {
    expect(counter.count('Hello, world!')).toBe(4);
    expect(counter.count('{"id":12345,"ok":true}')).toBe(10);
    expect(counter.count('订单已发货。')).toBe(5);
  });

  it('takes what looks like a control token for text', () => {
    expect(counter.count('<|endoftext|>')).toBe(7);
  });
});
