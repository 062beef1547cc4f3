import { z } from 'zod';

/** The current version of every message. A consumer takes this one and the one before. */
export const EVENT_VERSION = 1;

const identifier = z.string().min(1).max(256);

/** Asks for a summary of what a session's summary does not cover yet. */
export const SummarizeCommand = z.object({
  version: z.literal(EVENT_VERSION),
  userId: identifier,
  sessionId: identifier,
});
export type SummarizeCommand = z.output<typeof SummarizeCommand>;

/** Asks for a migration of one session, or of what is due in one shard. */
export const MigrateCommand = z.union([
  z.object({ version: z.literal(EVENT_VERSION), userId: identifier, sessionId: identifier }),
  z.object({ version: z.literal(EVENT_VERSION), shard: z.int().min(0) }),
]);
export type MigrateCommand = z.output<typeof MigrateCommand>;

/** What happened, for any subscriber of `memory-events`: ids, counts and tiers, never content. */
export type MemoryEvent =
  | {
      readonly type: 'item.appended';
      readonly userId: string;
      readonly sessionId: string;
      readonly itemIds: readonly string[];
      readonly fromSeq: number;
      readonly toSeq: number;
    }
  | {
      readonly type: 'item.deleted';
      readonly userId: string;
      readonly sessionId: string;
      /** Absent when the whole session was deleted. */
      readonly itemId?: string;
    }
  | {
      readonly type: 'session.summarized';
      readonly userId: string;
      readonly sessionId: string;
      readonly summaryId: string;
      readonly fromSeq: number;
      readonly toSeq: number;
      readonly model: string;
    }
  | {
      readonly type: 'session.migrated';
      readonly userId: string;
      readonly sessionId: string;
      readonly hotToWarm: number;
      readonly warmToCold: number;
      readonly coldToWarm: number;
    }
  | {
      readonly type: 'user.erased';
      readonly userId: string;
      readonly receiptId: string;
      readonly sessions: number;
    }
  | {
      readonly type: 'pressure.raised' | 'pressure.cleared';
      readonly metric: string;
      readonly level: 'warning' | 'critical';
      readonly value: number;
      readonly threshold: number;
    };
