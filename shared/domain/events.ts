import { z } from 'zod';

/**
 * The current version of every message. Raise it when a message changes its meaning or loses a field,
 * and let the schemas take the former shape too until nobody publishes it any more.
 */
export const EVENT_VERSION = 1;
const FIRST_VERSION = 1;

/** What a consumer takes: while a release rolls out, the one before still publishes. */
export const acceptedVersions = (current: number): readonly number[] =>
  [current, current - 1].filter((version) => version >= FIRST_VERSION);

const version = z.literal(acceptedVersions(EVENT_VERSION));
const identifier = z.string().min(1).max(256);
const session = { version, userId: identifier, sessionId: identifier };
const count = z.int().min(0);

/** The part of a `memory-append` message beside the write-items body. A publisher may leave it out. */
export const AppendVersion = z.looseObject({ version: version.optional() });

/** Asks for a summary of what a session's summary does not cover yet. */
export const SummarizeCommand = z.object(session);
export type SummarizeCommand = z.output<typeof SummarizeCommand>;

/** Asks for a migration of one session, or of what is due in one shard. */
export const MigrateCommand = z.union([z.object(session), z.object({ version, shard: count })]);
export type MigrateCommand = z.output<typeof MigrateCommand>;

/** What happened, for any subscriber of `memory-events`: ids, counts and tiers, never content. */
export const MemoryEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('item.appended'),
    ...session,
    itemIds: z.array(z.string()).readonly(),
    fromSeq: count,
    toSeq: count,
  }),
  z.object({
    type: z.literal('item.deleted'),
    ...session,
    /** Absent when the whole session was deleted. */
    itemId: z.string().exactOptional(),
  }),
  z.object({
    type: z.literal('session.summarized'),
    ...session,
    summaryId: z.string(),
    fromSeq: count,
    toSeq: count,
    model: z.string(),
  }),
  z.object({
    type: z.literal('session.migrated'),
    ...session,
    hotToWarm: count,
    warmToCold: count,
    coldToWarm: count,
  }),
  z.object({
    type: z.literal('user.erased'),
    version,
    userId: identifier,
    receiptId: z.string(),
    sessions: count,
  }),
  z.object({
    type: z.literal(['pressure.raised', 'pressure.cleared']),
    version,
    metric: z.string(),
    level: z.enum(['warning', 'critical']),
    value: z.number(),
    threshold: z.number(),
    /** What to do about it. */
    advice: z.string(),
  }),
]);
export type MemoryEvent = z.output<typeof MemoryEvent>;

/**
 * Says on `memory-dead-letter` that a message was parked: the reason and ids, never content, which a
 * topic would keep beyond an erasure. The message itself stands in the durable store.
 */
export const DeadLetterNotice = z.object({
  version,
  /** Who could not handle it; the embedded bus names its subscription. */
  function: z.string(),
  topic: z.string(),
  messageId: z.string(),
  reason: z.object({ code: z.string(), detail: z.string() }),
  /** Whose it is, where that could be told. */
  userId: z.string().exactOptional(),
  sessionId: z.string().exactOptional(),
});
export type DeadLetterNotice = z.output<typeof DeadLetterNotice>;
