/** One way to break what keeps an invariant, and the tests that must notice. */
export interface Break {
  /** Number and name in the README. */
  readonly invariant: string;
  readonly what: string;
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  readonly tests: readonly string[];
}

const MODEL = 'shared/components/memory.model.test.ts';

export const BREAKS: readonly Break[] = [
  {
    invariant: '1 durable first',
    what: 'an append is answered although nothing was written',
    file: 'shared/adapters/sqlite/session-store.ts',
    find: '      this.#apply(change, nowMs);\n',
    replace: '',
    tests: ['shared/app/append-items.test.ts'],
  },
  {
    invariant: '1 durable first',
    what: 'items are written one by one instead of in one transaction',
    file: 'shared/adapters/sqlite/transaction.ts',
    find: "'ROLLBACK'",
    replace: "'COMMIT'",
    tests: ['shared/adapters/sqlite'],
  },
  {
    invariant: '2 one home',
    what: 'a migrated item stays in items/ too',
    file: 'shared/domain/migration.ts',
    find: '    deleteItems: cold.map(({ seq }) => seq),',
    replace: '    deleteItems: [],',
    tests: ['shared/domain/migration.test.ts', MODEL],
  },
  {
    invariant: '2 one home',
    what: 'what leaves a segment is not taken out of it',
    file: 'shared/domain/promotion.ts',
    find: 'const staying = items.filter(({ seq }) => !leaving.has(seq));',
    replace: 'const staying = items;',
    tests: ['shared/domain/migration.test.ts', 'shared/components/crash-points.test.ts'],
  },
  {
    invariant: '3 read your write',
    what: 'a cached head is trusted although another process committed',
    file: 'shared/adapters/layered/cached-session-store.ts',
    find: 'if (knownEpoch !== epoch()) {',
    replace: 'if (knownEpoch === -1) {',
    tests: ['shared/app/append-items.test.ts'],
  },
  {
    invariant: '4 the cache is disposable',
    what: 'a session that is not cached is taken for one that does not exist',
    file: 'shared/adapters/layered/cached-session-store.ts',
    find: 'const head = await store.loadHead(key);',
    replace: 'const head: SessionHead | undefined = undefined as SessionHead | undefined;',
    tests: ['shared/app/delete-item.test.ts', MODEL],
  },
  {
    invariant: '5 order',
    what: "a log is in the order of the senders' clocks",
    file: 'shared/app/timeline.ts',
    find: "items.sort((a, b) => (order === 'asc' ? a.seq - b.seq : b.seq - a.seq));",
    replace:
      "items.sort((a, b) => (order === 'asc' ? a.createdAtMs - b.createdAtMs : b.createdAtMs - a.createdAtMs));",
    tests: ['shared/app/append-items.test.ts'],
  },
  {
    invariant: '6 appending twice is appending once',
    what: 'idempotency keys are not recorded with their items',
    file: 'shared/domain/append-change.ts',
    find: '    replays: plan.replays,',
    replace: '    replays: [],',
    tests: ['shared/app/append-items.test.ts'],
  },
  {
    invariant: '6 appending twice is appending once',
    what: 'equal items beside a keyed one are taken for one',
    file: 'shared/app/append-items.ts',
    find: "composeKey('beside', firstKey, String(index), hash)",
    replace: "composeKey('beside', firstKey, hash)",
    tests: ['shared/app/append-items.test.ts'],
  },
  {
    invariant: '7 groups are whole',
    what: 'a tool result stands for itself',
    file: 'shared/domain/group.ts',
    find: 'if (item.contentType === CONTENT_TYPES.toolResult) {',
    replace: "if (item.contentType === 'never') {",
    tests: ['shared/domain/group.test.ts', 'shared/domain/context'],
  },
  {
    invariant: '8 pins stay',
    what: 'pins are chosen like other items',
    file: 'shared/domain/context/select-context.ts',
    find: "const pins = all.filter(({ kind }) => kind === 'pinned');",
    replace: 'const pins = all.slice(0, 0);',
    tests: ['shared/domain/context'],
  },
  {
    invariant: '9 a summary deletes nothing',
    what: 'a summary is committed whatever happened since it was begun',
    file: 'shared/app/summarize-session.ts',
    find: 'if (!head || !isSameGround(base, head)) return undefined;',
    replace: 'if (!head) return undefined;',
    tests: ['shared/app/summarize-session.test.ts', 'shared/app/delete-item.test.ts'],
  },
  {
    invariant: '9 a summary deletes nothing',
    what: 'an empty or longer summary is taken',
    file: 'shared/app/summarize-session.ts',
    find: '  if (reason) {',
    replace: '  if (reason && reason.length < 0) {',
    tests: ['shared/app/summarize-session.test.ts'],
  },
  {
    invariant: '9 a summary deletes nothing',
    what: 'a summary ends inside a group',
    file: 'shared/domain/summary-change.ts',
    find: 'if (crosses) limit',
    replace: 'if (crosses && limit < 0) limit',
    tests: ['shared/domain/summary-change.test.ts'],
  },
  {
    invariant: '9 a summary deletes nothing',
    what: "the first part of a stand-in's range, rewritten, takes the place of the whole",
    file: 'shared/domain/replacement.ts',
    find: 'const isWhole = made.toSeq >= head.summary.toSeq;',
    replace: 'const isWhole = true;',
    tests: ['shared/app/replace-summary.test.ts'],
  },
  {
    invariant: '10 the budget holds',
    what: 'the whole is not counted again once it is arranged',
    file: 'shared/domain/context/draft.ts',
    find: 'if (tokens > input.budget) continue;',
    replace: '',
    tests: ['shared/domain/context'],
  },
  {
    invariant: '11 isolation',
    what: "an item's owner is not asked for",
    file: 'shared/app/find-item.ts',
    find: '(owner !== undefined && head.userId !== owner)',
    replace: 'false',
    tests: ['shared/app/delete-item.test.ts'],
  },
  {
    invariant: '12 erased is erased',
    what: 'late events are taken for an erased user',
    file: 'shared/adapters/sqlite/session-store.ts',
    find: '      this.#assertNotErased(change, nowMs);\n',
    replace: '',
    tests: ['shared/app/erase-user.test.ts'],
  },
  {
    invariant: '12 erased is erased',
    what: 'erased bytes stay in the file',
    file: 'shared/app/erase-user.ts',
    find: '  await erasure.scrub();\n',
    replace: '',
    tests: ['shared/app/erase-user.test.ts'],
  },
  {
    invariant: '12 erased is erased',
    what: 'a cached head outlives its session',
    file: 'shared/app/erase-user.ts',
    find: '(await cache.drop(key))',
    replace: '0',
    tests: ['shared/app/erase-user.test.ts'],
  },
  {
    invariant: '12 erased is erased',
    what: 'a summary outlives the item that it tells of',
    file: 'shared/domain/removal.ts',
    find: '    deleteSummaries: covering.map(({ id }) => id),\n',
    replace: '',
    tests: ['shared/app/delete-item.test.ts'],
  },
  {
    invariant: '13 bounded work',
    what: 'a migration goes on when its time is up',
    file: 'shared/app/migrate-session.ts',
    find: 'while (!isDone && !deadline.isNear()) {',
    replace: 'while (!isDone) {',
    tests: ['shared/app/migrate-tiers.test.ts'],
  },
  {
    invariant: '13 bounded work',
    what: 'an erasure goes on when its time is up',
    file: 'shared/app/erase-user.ts',
    find: '    if (deadline.isNear()) return receipt;\n',
    replace: '',
    tests: ['shared/app/erase-user.test.ts'],
  },
];
