import { describe, expect, it } from 'vitest';
import { parseMessages } from '../../../shared/domain/formats/parse.ts';
import { boathouse } from './authored.ts';

const { turns } = boathouse();
const messages = turns.flatMap((turn) => turn.messages);
const text = JSON.stringify(messages);

describe('the boathouse conversation', () => {
  it('is the same on every run', () => {
    expect(boathouse()).toEqual(boathouse());
  });

  it('has several hundred messages over eight months, in order', () => {
    expect(messages).toHaveLength(494);
    const times = turns.map(({ atMs }) => atMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(new Date(times[0] ?? 0).toISOString()).toBe('2026-01-12T09:05:00.000Z');
    expect(new Date(times.at(-1) ?? 0).toISOString()).toBe('2026-09-04T10:03:00.000Z');
  });

  it('is taken by the reader of chat-completions messages', () => {
    expect(parseMessages('openai', messages)).toHaveLength(494);
  });

  it('has parallel calls, one call without an answer, and one answered in a later turn', () => {
    const called = new Map<string, number>();
    const answered = new Map<string, number>();
    turns.forEach((turn, index) => {
      for (const message of turn.messages) {
        for (const [, id = ''] of JSON.stringify(message['tool_calls'] ?? '').matchAll(
          /"id":"(.*?)"/g,
        ))
          called.set(id, index);
        if (message['role'] === 'tool') answered.set(String(message['tool_call_id']), index);
      }
    });
    const unanswered = [...called.keys()].filter((id) => !answered.has(id));
    const late = [...called].filter(([id, turn]) => (answered.get(id) ?? turn) > turn);
    expect(called.size).toBe(122);
    expect(unanswered).toHaveLength(1);
    expect(late).toHaveLength(1);
    const parallel = messages.filter(
      ({ tool_calls: calls }) => Array.isArray(calls) && calls.length > 1,
    );
    expect(parallel.length).toBeGreaterThan(14);
  });

  it('has a system prompt, pins, clocks that are wrong, other scripts and a large result', () => {
    expect(messages[0]?.['role']).toBe('system');
    expect(turns.filter(({ pins }) => pins)).toHaveLength(2);
    const backwards = turns.filter(({ atMs, createdAtMs = atMs }) => createdAtMs < atMs);
    expect(backwards.length).toBeGreaterThan(2);
    expect(text).toContain('想从景德镇订高岭土');
    expect(text).toContain('Was fehlt noch bis zur Eröffnung?');
    const largest = Math.max(...messages.map((message) => JSON.stringify(message).length));
    expect(largest).toBeGreaterThan(16_384);
  });

  it('tells sums that are right', () => {
    expect(text).toContain('14 orders, 25,640.65 of 38,500.00, so 12,859.35 are left');
  });
});
