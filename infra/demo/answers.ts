import type { Format } from '../../shared/domain/item.ts';
import type { Json, JsonObject } from '../../shared/kernel/json.ts';

/** What the HTTP functions answer, as far as the demo reads it. */

export type SessionName = { readonly userId: string; readonly sessionId: string };

export interface AppendAnswer {
  readonly items: readonly {
    readonly id: string;
    readonly seq: number;
    readonly tokens: number;
    readonly createdAt: string;
  }[];
  readonly session: { readonly itemCount: number; readonly lastSeq: number };
  readonly replayed?: boolean;
  readonly code?: string;
}

export interface ItemAnswer extends SessionName {
  readonly id: string;
  readonly seq: number;
  readonly content: string;
  readonly contentType: string;
  readonly createdAt: string;
  readonly tier: string;
  readonly tokens: number;
  readonly accessCount: number;
  readonly pinned: boolean;
  readonly toolCalls?: readonly {
    readonly id: string;
    readonly name: string;
    readonly arguments: Json;
  }[];
  readonly toolCallId?: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly hasMore: boolean;
  readonly nextCursor?: string;
}

export interface ContextQuery {
  readonly tokenBudget?: number;
  readonly maxItems?: number;
  readonly format?: 'raw' | Format;
  readonly explain?: boolean;
}

export interface SummaryAnswer {
  readonly id: string;
  readonly text: string;
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly tokens: number;
  readonly model?: string;
}

export interface ContextAnswer {
  readonly summary: SummaryAnswer | null;
  readonly facts: readonly { readonly seq: number; readonly kind: string; readonly text: string }[];
  readonly items: readonly ItemAnswer[];
  readonly messages?: readonly JsonObject[];
  readonly system?: Json;
  readonly tokens: { readonly total: number; readonly budget: number; readonly counter: string };
  readonly omitted: {
    readonly count: number;
    readonly summarised: number;
    readonly uncovered: number;
  };
  readonly explain?: readonly {
    readonly seq: number;
    readonly kept: boolean;
    readonly reason: string;
  }[];
  /** Of a 422: the budget that would do. */
  readonly requiredBudget?: number;
}

export interface CoverageAnswer {
  readonly lastSeq: number;
  readonly ranges: readonly {
    readonly fromSeq: number;
    readonly toSeq: number;
    readonly summarised: boolean;
    readonly tier: string;
  }[];
  readonly gaps: readonly unknown[];
}

export interface SessionAnswer {
  readonly sessionId: string;
  readonly itemCount: number;
  readonly tiers: { readonly hot: number; readonly warm: number; readonly cold: number };
}

export interface MigrationAnswer {
  readonly sessions: number;
  readonly hotToWarm: number;
  readonly warmToCold: number;
  readonly coldToWarm: number;
  readonly segmentsWritten: number;
  readonly remaining: number;
}

export interface TierAnswer {
  readonly items: number;
  readonly bytes: number;
  readonly rawBytes?: number;
}

export interface MetricsAnswer {
  readonly tiers: {
    readonly hot: TierAnswer;
    readonly warm: TierAnswer;
    readonly cold: TierAnswer;
  };
}

export interface ErasureAnswer {
  readonly receiptId: string;
  readonly sessions: number;
  readonly items: number;
  readonly segments: number;
  readonly summaries: number;
  readonly verifiedEmpty: boolean;
}
