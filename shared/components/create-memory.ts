import { expiringSessionStore } from '../adapters/layered/expiring-session-store.ts';
import { RememberingTokenCounter } from '../adapters/layered/remembering-token-counter.ts';
import { appendItems } from '../app/append-items.ts';
import { assembleContext } from '../app/assemble-context.ts';
import { deleteItem } from '../app/delete-item.ts';
import { deleteSession } from '../app/delete-session.ts';
import { dispatchMigrations } from '../app/dispatch-migrations.ts';
import { eraseUser, readReceipt } from '../app/erase-user.ts';
import { expireSession } from '../app/expire-session.ts';
import { exportUser } from '../app/export-user.ts';
import { flushAccesses, previewFlush } from '../app/flush-accesses.ts';
import { leaseSession, MIGRATION_LEASE_MS } from '../app/lease-session.ts';
import { listSessions } from '../app/list-sessions.ts';
import type { Memory } from '../app/memory.ts';
import { migrateSession, previewMigration } from '../app/migrate-session.ts';
import { migrateTiers } from '../app/migrate-tiers.ts';
import { parkMessage } from '../app/park-message.ts';
import { patchItem } from '../app/patch-item.ts';
import { readCoverage } from '../app/read-coverage.ts';
import { readHistory, readItem } from '../app/read-items.ts';
import { readSummary } from '../app/read-summary.ts';
import { requestSummary } from '../app/request-summary.ts';
import { sweepRetention } from '../app/sweep-retention.ts';
import type { SessionHead } from '../domain/head.ts';
import { type SessionKey, type SessionRef, sessionKeyOf } from '../domain/ids.ts';
import type { Relief } from '../domain/metrics/relief.ts';
import { isExpiryDue } from '../domain/retention.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Deadline } from '../kernel/deadline.ts';
import type { Logger } from '../kernel/logger.ts';
import { Turns } from '../kernel/turns.ts';
import type { StrataOptions } from '../options.ts';
import type { AccessLog } from '../ports/access-log.ts';
import type { DeadLetters } from '../ports/dead-letters.ts';
import type { ErasureStore } from '../ports/erasure-store.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { Meter } from '../ports/meter.ts';
import type { SessionIndex } from '../ports/session-index.ts';
import type { OwnedSessionStore, SessionStore } from '../ports/session-store.ts';
import type { Summarizer } from '../ports/summarizer.ts';
import type { TokenCounter } from '../ports/token-counter.ts';

/** Everything that the use cases stand on: one adapter for each port. */
export interface MemoryPorts {
  /** With the hot tier in front of it. */
  readonly store: SessionStore;
  readonly erasure: ErasureStore;
  readonly deadLetters: DeadLetters;
  readonly index: SessionIndex;
  readonly accessLog: AccessLog;
  readonly bus: EventBus;
  readonly summarizer: Summarizer;
  readonly counter: TokenCounter;
  readonly meter: Meter;
  readonly clock: Clock;
  readonly log: Logger;
  readonly options: StrataOptions;
  /** Commands on the bus reach other processes, which share the work of a migration. */
  readonly isShared?: boolean;
  /** Makes batches smaller while this process is under pressure. */
  readonly relief?: Relief;
}

/** The store as every use case sees it. */
const withoutExpired = (ports: MemoryPorts): OwnedSessionStore =>
  expiringSessionStore({
    store: ports.store,
    isDue: dueIn(ports),
    expire: (key) => expireSession(ports, key),
  });

const dueIn =
  ({ options, clock }: MemoryPorts) =>
  (head: SessionHead): boolean =>
    isExpiryDue(head, options, clock.now());

/** Binds every use case to its ports. */
export function createMemory(given: MemoryPorts): Memory {
  const ports = { ...given, store: withoutExpired(given), turns: new Turns() };
  const { store, index, erasure } = ports;
  const flush = () => flushAccesses(ports);
  const ask = (head: SessionHead) => requestSummary(ports, head);
  const leaseMs = ports.isShared ? MIGRATION_LEASE_MS : 0;
  // Contexts count the same few texts again and again; items are counted once, at append.
  const counter = new RememberingTokenCounter(ports.counter);
  const loadHead = (key: SessionKey) => given.store.loadHead(key);
  const cached = { loadHead, isDue: dueIn(given) };
  const contexts = { ...ports, counter, requestSummary: ask, cached };
  const migration = { ...ports, leaseMs };
  const migrate = (session: SessionRef, deadline: Deadline) =>
    migrateSession(migration, session, deadline);
  const fanOut = ports.isShared && {
    lease: (session: SessionRef) => leaseSession(migration, sessionKeyOf(session)),
    dispatch: (deadline: Deadline, shard?: number) =>
      dispatchMigrations(migration, deadline, shard),
  };
  return {
    append: (command) => appendItems(ports, command),
    patchItem: (id, patch, owner) => patchItem(ports, id, patch, owner),
    deleteItem: (id, owner) => deleteItem(ports, id, owner),
    deleteSession: (session) => deleteSession(ports, session),
    readItem: (id, owner) => readItem(ports, id, owner),
    history: (query) => readHistory(ports, query),
    context: (query) => assembleContext(contexts, query),
    coverage: (session) => readCoverage(store, session),
    readSummary: (id, page) => readSummary(ports, id, page),
    listSessions: (userId, page) => listSessions(index, userId, page),
    exportUser: (userId) => exportUser(ports, userId),
    migrateSession: migrate,
    migrateTiers: (options) =>
      migrateTiers(
        {
          ...ports,
          ...(fanOut && { fanOut }),
          migrateSession: (session, deadline) =>
            migrateSession(migration, session, deadline, { isLeased: false }),
          previewMigration: (session) => previewMigration(given, session),
          previewFlush: (deadline) => previewFlush(given, deadline),
          requestSummary: ask,
          flushAccesses: flush,
          sweepRetention: (deadline) => sweepRetention(given, deadline),
        },
        options,
      ),
    summarizeSession: async (session, signal) => {
      // Loaded with the first summary: the patterns of facts take milliseconds of every start else.
      const [{ replaceSummary }, { summarizeSession }] = await Promise.all([
        import('../app/replace-summary.ts'),
        import('../app/summarize-session.ts'),
      ]);
      return (
        (await replaceSummary(ports, session, signal)) ?? summarizeSession(ports, session, signal)
      );
    },
    park: (message) => parkMessage(given, message),
    eraseUser: (userId, deadline) => eraseUser(ports, userId, deadline),
    readReceipt: (receiptId, owner) => readReceipt(erasure, receiptId, owner),
    flushAccesses: async () => {
      await flush();
    },
  };
}
