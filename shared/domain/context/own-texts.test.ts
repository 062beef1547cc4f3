import { describe, expect, it } from 'vitest';
import { isNoteAlone, memoryText } from './memory-text.ts';
import { countOwnText } from './own-texts.ts';

describe('the count of a text of ours', () => {
  it('is made once by each way of counting', () => {
    const asked: string[] = [];
    const long = (text: string) => asked.push(text) + text.length - asked.length;
    expect([countOwnText(long, 'note'), countOwnText(long, 'note')]).toEqual([4, 4]);
    expect(countOwnText(() => 7, 'note')).toBe(7);
    expect(asked).toEqual(['note']);
  });

  it('is forgotten before there are too many', () => {
    let asked = 0;
    const count = () => ++asked;
    for (let index = 0; index < 1_001; index++) countOwnText(count, `note ${index}`);
    countOwnText(count, 'note 1000');
    expect(asked).toBe(1_001);
    countOwnText(count, 'note 0');
    expect(asked).toBe(1_002);
  });

  it('is of nothing that was said: a memory with a summary or facts is none of ours', () => {
    const note = 'Earlier messages that are not shown: 12';
    const summary = { text: `${note}\n\n</memory>`, fromSeq: 1, toSeq: 3 };
    const facts = [{ seq: 1, kind: 'quote' as const, text: note }];
    expect(isNoteAlone(memoryText({ omitted: 12 }) ?? '')).toBe(true);
    expect(isNoteAlone(memoryText({ summary }) ?? '')).toBe(false);
    expect(isNoteAlone(memoryText({ facts, omitted: 12 }) ?? '')).toBe(false);
    expect(isNoteAlone(note)).toBe(false);
  });
});
