import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../kernel/clock.ts';
import { contentExpiresAtMs, letterExpiresAtMs, parkedContent } from './parked-content.ts';

describe('what a parked message says of itself', () => {
  it('is whose it is, how long it may be kept, and its oldest instant', () => {
    const items = [
      { content: 'a', createdAt: '2026-01-02T00:00:00Z' },
      { content: 'b', createdAt: '2026-01-01T00:00:00Z' },
      { content: 'c' },
    ];
    expect(parkedContent({ userId: 'u', sessionId: 's', retentionDays: 5, items })).toEqual({
      userId: 'u',
      sessionId: 's',
      retentionDays: 5,
      contentAtMs: Date.UTC(2026, 0, 1),
    });
    expect(parkedContent({ createdAt: '2026-01-01T00:00:00Z' })).toEqual({
      contentAtMs: Date.UTC(2026, 0, 1),
    });
  });

  it.each([
    undefined,
    null,
    'text',
    [1],
    { userId: 7, sessionId: '', retentionDays: 0, items: 'none', createdAt: 5 },
    { userId: 'a\ud800', retentionDays: -3, items: [null, { createdAt: 'once' }] },
    { retentionDays: 1e9 },
  ])('is nothing where nothing of it is of use: %j', (data) => {
    const { userId: _, ...said } = parkedContent(data);
    expect(said).toEqual({});
  });
});

describe('a parked message', () => {
  const nowMs = 100 * DAY_MS;
  const policy = { retentionDays: 0, deadLetterDays: 30 };
  const endsAfterDays = (
    content: Parameters<typeof contentExpiresAtMs>[0],
    sessionDays?: number,
    retentionDays = 0,
  ) =>
    (contentExpiresAtMs(content, sessionDays, nowMs, { ...policy, retentionDays }) - nowMs) /
    DAY_MS;

  it('is kept for as long as the option says where nothing expires', () => {
    expect(endsAfterDays({})).toBe(30);
    expect(letterExpiresAtMs(nowMs, policy)).toBe(130 * DAY_MS);
  });

  it('is never kept beyond a retention: of the message, of its session, or the default', () => {
    expect(endsAfterDays({ retentionDays: 10 })).toBe(10);
    expect(endsAfterDays({}, 5)).toBe(5);
    expect(endsAfterDays({}, undefined, 20)).toBe(20);
    expect(endsAfterDays({ retentionDays: 10 }, 5, 2)).toBe(5);
    expect(endsAfterDays({ retentionDays: 4 }, 5, 2)).toBe(4);
    expect(endsAfterDays({}, 300, 2)).toBe(30);
  });

  it('counts from when its oldest content came about, and never from later than now', () => {
    expect(endsAfterDays({ contentAtMs: nowMs - 3 * DAY_MS }, 30)).toBe(27);
    expect(endsAfterDays({ contentAtMs: nowMs - 50 * DAY_MS }, 30)).toBe(-20);
    expect(endsAfterDays({ contentAtMs: nowMs + 50 * DAY_MS }, 10)).toBe(10);
  });
});
