import { describe, expect, it } from 'vitest';
import { datedConversations } from './turns-of.ts';

const START_MS = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;
const say = (role: string) => ({ role, content: 'text' });
const messages = ['system', 'user', 'assistant', 'tool', 'user', 'assistant'].map(say);

describe('datedConversations', () => {
  it('begins a turn where the user speaks, two minutes after the one before', () => {
    const [conversation] = datedConversations([{ name: 'run', messages }], START_MS);
    expect(conversation?.sessionId).toBe('run');
    expect(conversation?.turns).toEqual([
      { atMs: START_MS, messages: messages.slice(0, 4), pins: [1] },
      { atMs: START_MS + 120_000, messages: messages.slice(4) },
    ]);
  });

  it('spreads the sessions over sixty days', () => {
    const runs = ['a', 'b', 'c'].map((name) => ({ name, messages }));
    const starts = datedConversations(runs, START_MS).map(({ turns }) => turns[0]?.atMs);
    expect(starts).toEqual([START_MS, START_MS + 20 * DAY_MS, START_MS + 40 * DAY_MS]);
  });

  it('lets every ninth turn come from a clock that is two days and three hours late', () => {
    const talk = Array.from({ length: 10 }, () => say('user'));
    const [conversation] = datedConversations([{ name: 'run', messages: talk }], START_MS);
    const skews = conversation?.turns.map(({ atMs, createdAtMs = atMs }) => atMs - createdAtMs);
    expect(skews).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 183_600_000, 0]);
  });

  it('sends a very long turn in several requests', () => {
    const long = Array.from({ length: 250 }, () => say('assistant'));
    const [conversation] = datedConversations([{ name: 'run', messages: long }], START_MS);
    expect(conversation?.turns.map((turn) => turn.messages.length)).toEqual([100, 100, 50]);
  });
});
