import { inSpan, iterateInSpan } from '../adapters/opentelemetry/in-span.ts';
import type { Memory } from '../app/memory.ts';
import type { SessionRef } from '../domain/ids.ts';

/**
 * OpenTelemetry's names for what is done to a memory
 * (https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-spans.md#memory,
 * status Development, read 2026-11). A record is an item, a conversation a session. What has no name
 * there has ours, `strata.…`.
 */
const OPERATION = 'gen_ai.operation.name';
const RECORD_ID = 'gen_ai.memory.record.id';
const RECORD_COUNT = 'gen_ai.memory.record.count';
const CONVERSATION_ID = 'gen_ai.conversation.id';

const genAi = (name: string, attributes: Readonly<Record<string, string | number>> = {}) => ({
  name,
  attributes: { [OPERATION]: name, ...attributes },
});
const own = (useCase: string, attributes: Readonly<Record<string, string | number>> = {}) => ({
  name: `strata.${useCase}`,
  attributes,
});
const of = ({ sessionId }: SessionRef) => ({ [CONVERSATION_ID]: sessionId });

/**
 * A span for every use case. It says which session and which item, how many, and for a context what
 * it came to; who the user is and what was said it never says.
 */
export const tracedMemory = (memory: Memory): Memory => ({
  ...tracedWrites(memory),
  ...tracedReads(memory),
  ...tracedUpkeep(memory),
});

const tracedWrites = (
  memory: Memory,
): Pick<Memory, 'append' | 'patchItem' | 'deleteItem' | 'deleteSession' | 'eraseUser'> => ({
  append: (command) =>
    inSpan(
      {
        ...genAi('create_memory', { ...of(command), [RECORD_COUNT]: command.items.length }),
        result: ({ isReplay }) => ({ 'strata.is_replay': isReplay }),
      },
      () => memory.append(command),
    ),
  patchItem: (id, patch, owner) =>
    inSpan(genAi('update_memory', { [RECORD_ID]: id, [RECORD_COUNT]: 1 }), () =>
      memory.patchItem(id, patch, owner),
    ),
  deleteItem: (id, owner) =>
    inSpan(genAi('delete_memory', { [RECORD_ID]: id, [RECORD_COUNT]: 1 }), () =>
      memory.deleteItem(id, owner),
    ),
  deleteSession: (session) =>
    inSpan(genAi('delete_memory', of(session)), () => memory.deleteSession(session)),
  eraseUser: (userId, deadline) =>
    inSpan({ ...genAi('delete_memory'), result: ({ items }) => ({ [RECORD_COUNT]: items }) }, () =>
      memory.eraseUser(userId, deadline),
    ),
});

const tracedReads = (
  memory: Memory,
): Pick<
  Memory,
  | 'context'
  | 'readItem'
  | 'history'
  | 'coverage'
  | 'readSummary'
  | 'listSessions'
  | 'exportUser'
  | 'readReceipt'
> => ({
  context: (query) =>
    inSpan(
      {
        ...genAi('search_memory', of(query)),
        result: ({ items, tokens, summary, omitted }) => ({
          [RECORD_COUNT]: items.length,
          'strata.tokens.total': tokens.total,
          'strata.tokens.budget': tokens.budget,
          'strata.has_summary': summary !== null,
          'strata.omitted': omitted.count,
        }),
      },
      () => memory.context(query),
    ),
  readItem: (id, owner) =>
    inSpan(own('read_item', { [RECORD_ID]: id }), () => memory.readItem(id, owner)),
  history: (query) =>
    inSpan(
      {
        ...own('read_history', of(query)),
        result: ({ items }) => ({ [RECORD_COUNT]: items.length }),
      },
      () => memory.history(query),
    ),
  coverage: (session) => inSpan(own('read_coverage', of(session)), () => memory.coverage(session)),
  readSummary: (id, page) =>
    inSpan(own('read_summary', { 'strata.summary.id': id }), () => memory.readSummary(id, page)),
  listSessions: (userId, page) =>
    inSpan(own('list_sessions'), () => memory.listSessions(userId, page)),
  exportUser: (userId) =>
    iterateInSpan({ ...own('export_user'), result: (lines) => ({ 'strata.lines': lines }) }, () =>
      memory.exportUser(userId),
    ),
  readReceipt: (receiptId) => inSpan(own('read_receipt'), () => memory.readReceipt(receiptId)),
});

const tracedUpkeep = (
  memory: Memory,
): Pick<
  Memory,
  'migrateTiers' | 'migrateSession' | 'summarizeSession' | 'park' | 'flushAccesses'
> => ({
  migrateTiers: (options) =>
    inSpan(
      {
        ...own('migrate_tiers'),
        result: ({ sessions, remaining }) => ({
          'strata.sessions': sessions,
          'strata.remaining': remaining,
        }),
      },
      () => memory.migrateTiers(options),
    ),
  migrateSession: (session, deadline) =>
    inSpan(own('migrate_session', of(session)), () => memory.migrateSession(session, deadline)),
  summarizeSession: (session, signal) =>
    inSpan(
      {
        ...own('summarize_session', of(session)),
        result: ({ status }) => ({ 'strata.summary.status': status }),
      },
      () => memory.summarizeSession(session, signal),
    ),
  park: (message) =>
    inSpan({ ...own('park_message'), result: (parking) => ({ 'strata.parking': parking }) }, () =>
      memory.park(message),
    ),
  flushAccesses: () => inSpan(own('flush_accesses'), () => memory.flushAccesses()),
});
