import fc from 'fast-check';
import type { ItemDraft } from '../../domain/item.ts';
import { DAY_MS } from '../../kernel/clock.ts';
import type { PlainMemory, PlainSession } from './plain-memory.ts';

/** What is drawn of an item before it is said. */
export interface Saying {
  readonly body: string;
  readonly contentType: string;
  readonly ageDays: number;
  readonly isPinned: boolean;
  readonly isKeyed: boolean;
  readonly hasMetadata: boolean;
}

const body = fc.oneof(
  { weight: 60, arbitrary: fc.lorem({ maxCount: 12 }) },
  { weight: 30, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 20, arbitrary: fc.constant('订单号是 AB-1234，总价 56.70 元。') },
  // Too large for a place in the head.
  { weight: 1, arbitrary: fc.constant('reported '.repeat(1_900)) },
);

const often = (times: number) => fc.nat(times).map((drawn) => drawn === times);

export const saying: fc.Arbitrary<Saying> = fc.record({
  body,
  contentType: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom('user_message', 'assistant_message') },
    { weight: 1, arbitrary: fc.constantFrom('system_message', 'note.own') },
  ),
  ageDays: fc.constantFrom(0, 0, 5, 10, 40),
  isPinned: often(25),
  isKeyed: fc.boolean(),
  hasMetadata: often(4),
});

/** What is said often and is short. */
const remark: fc.Arbitrary<Saying> = fc.record({
  body: fc.constant('Yes.'),
  contentType: fc.constantFrom('user_message', 'assistant_message'),
  ageDays: fc.constantFrom(0, 10, 40),
  isPinned: fc.constant(false),
  isKeyed: fc.constant(false),
  hasMetadata: fc.constant(false),
});

/** Mostly a few; at times more than a head's window, a page or a segment holds. */
export const sayings: fc.Arbitrary<readonly Saying[]> = fc.oneof(
  { weight: 6, arbitrary: fc.array(saying, { minLength: 1, maxLength: 1 }) },
  { weight: 12, arbitrary: fc.array(saying, { minLength: 2, maxLength: 12 }) },
  { weight: 1, arbitrary: fc.array(remark, { minLength: 40, maxLength: 260, size: 'max' }) },
);

const MARK = /MK\d{6}K/g;

/** A text that stands in one item only. Cut short it is none. */
export const mark = (plain: PlainMemory): string => `MK${String(plain.draw()).padStart(6, '0')}K`;

export const said = (plain: PlainMemory, one: Saying, nowMs: number): ItemDraft => ({
  content: `${one.body} ${mark(plain)}`,
  contentType: one.contentType,
  ...(one.ageDays > 0 ? { createdAtMs: nowMs - one.ageDays * DAY_MS } : {}),
  ...(one.isPinned ? { pinned: true } : {}),
  ...(one.isKeyed ? { idempotencyKey: `k${plain.draw()}` } : {}),
  ...(one.hasMetadata ? { metadata: { note: mark(plain) } } : {}),
});

/** The marks in an answer that no live item of the session has. */
export function strangeMarks(session: PlainSession | undefined, answer: unknown): string[] {
  const live = new Set(marksIn(session?.items ?? []));
  return marksIn(answer).filter((one) => !live.has(one));
}

const marksIn = (value: unknown): string[] => JSON.stringify(value).match(MARK) ?? [];
