import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateMessages } from '../domain/formats/validate.ts';
import { groupItems } from '../domain/group.ts';
import { FORMATS, type ItemDraft } from '../domain/item.ts';
import { AppError } from '../kernel/app-error.ts';
import { DAY_MS } from '../kernel/clock.ts';
import { deadlineAfter } from '../kernel/deadline.ts';
import { type TemporaryMemory, USER } from '../testing/temporary-memory.ts';
import type { Embedded } from './embedded.ts';

const SESSIONS = ['a', 'b', 'a/b'] as const;
type SessionId = (typeof SESSIONS)[number];

interface Kept {
  readonly seq: number;
  readonly content: string;
  isPinned: boolean;
}

/** What the system should remember: plain lists. */
class Model {
  readonly sessions = new Map<SessionId, Kept[]>();
  readonly lastSeqs = new Map<SessionId, number>();
  nextKey = 0;

  items(sessionId: SessionId): Kept[] {
    const items = this.sessions.get(sessionId) ?? [];
    this.sessions.set(sessionId, items);
    return items;
  }

  append(sessionId: SessionId, contents: readonly string[]): void {
    const items = this.items(sessionId);
    for (const content of contents) {
      const seq = (this.lastSeqs.get(sessionId) ?? 0) + 1;
      this.lastSeqs.set(sessionId, seq);
      items.push({ seq, content, isPinned: false });
    }
  }
}

interface Real {
  readonly temp: TemporaryMemory;
  /** Two instances on one directory, as two processes. */
  readonly instances: [Embedded, Embedded];
}

type Command = fc.AsyncCommand<Model, Real>;

const command = (name: string, run: (model: Model, real: Real) => Promise<void>): Command => ({
  check: () => true,
  run,
  toString: () => name,
});

const onSession = fc.constantFrom(...SESSIONS);
const onInstance = fc.constantFrom(0 as const, 1 as const);
const text = fc.oneof(
  fc.lorem({ maxCount: 12 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constant('订单号是 AB-1234，总价 56.70 元。'),
);

async function historyOf(
  { memory }: Embedded,
  sessionId: SessionId,
  order: 'asc' | 'desc',
  limit: number,
) {
  const items = [];
  for (let fromSeq: number | undefined, isFirst = true; isFirst || fromSeq; isFirst = false) {
    const page = await memory.history({
      userId: USER,
      sessionId,
      order,
      limit,
      ...(fromSeq === undefined ? {} : { fromSeq }),
    });
    items.push(...page.items);
    fromSeq = page.nextSeq;
  }
  return items;
}

const append = fc
  .record({
    sessionId: onSession,
    instance: onInstance,
    contents: fc.array(text, { minLength: 1, maxLength: 12 }),
    ageDays: fc.constantFrom(0, 5, 10, 40),
    isTwice: fc.boolean(),
  })
  .map(({ sessionId, instance, contents, ageDays, isTwice }) =>
    command(`append ${contents.length} to ${sessionId} on ${instance}`, async (model, real) => {
      const nowMs = real.temp.clock.now();
      const items: ItemDraft[] = contents.map((content) => ({
        content,
        contentType: 'user_message',
        createdAtMs: nowMs - ageDays * DAY_MS,
        idempotencyKey: `k${model.nextKey++}`,
      }));
      const request = { userId: USER, sessionId, items, startedAtMs: nowMs, isEvent: false };
      const first = await real.instances[instance].memory.append(request);
      model.append(sessionId, contents);
      expect(first.session.lastSeq).toBe(model.lastSeqs.get(sessionId));
      if (!isTwice) return;
      const again = await real.instances[1 - instance]?.memory.append(request);
      expect(again).toMatchObject({ isReplay: true, items: first.items });
    }),
  );

const callTools = fc
  .record({ sessionId: onSession, instance: onInstance, answered: fc.integer({ min: 0, max: 3 }) })
  .map(({ sessionId, instance, answered }) =>
    command(`call three tools in ${sessionId}, ${answered} answer`, async (model, real) => {
      const ids = [0, 1, 2].map((place) => `call-${model.nextKey++}-${place}`);
      const items: ItemDraft[] = [
        {
          content: '',
          contentType: 'tool_call',
          toolCalls: ids.map((id) => ({ id, name: 'look_up', arguments: { id } })),
        },
        ...ids.slice(0, answered).map((id) => ({
          content: `{"found":"${id}"}`,
          contentType: 'tool_result',
          toolCallId: id,
        })),
      ];
      const startedAtMs = real.temp.clock.now();
      const request = { userId: USER, sessionId, items, startedAtMs, isEvent: false };
      await real.instances[instance].memory.append(request);
      model.append(
        sessionId,
        items.map(({ content }) => content),
      );
    }),
  );

const read = fc
  .record({
    sessionId: onSession,
    instance: onInstance,
    order: fc.constantFrom('asc' as const, 'desc' as const),
    limit: fc.integer({ min: 1, max: 40 }),
  })
  .map(({ sessionId, instance, order, limit }) =>
    command(`read ${sessionId} ${order} by ${limit} on ${instance}`, async (model, real) => {
      const items = await historyOf(real.instances[instance], sessionId, order, limit);
      const found = items.map(({ seq, content, pinned }) => ({ seq, content, isPinned: pinned }));
      if (order === 'desc') found.reverse();
      expect(found).toEqual(model.items(sessionId));
    }),
  );

const context = fc
  .record({
    sessionId: onSession,
    instance: onInstance,
    tokenBudget: fc.integer({ min: 1, max: 6_000 }),
    maxItems: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
    format: fc.constantFrom('raw' as const, ...FORMATS),
  })
  .map(({ sessionId, instance, format, ...limits }) =>
    command(
      `context of ${sessionId} on ${instance} ${JSON.stringify(limits)} ${format}`,
      async (model, real) => {
        const { memory } = real.instances[instance];
        const kept = model.items(sessionId);
        const given = limits.maxItems === undefined ? {} : { maxItems: limits.maxItems };
        const query = { userId: USER, sessionId, format, explain: true, ...given };
        const first = await memory
          .context({ ...query, tokenBudget: limits.tokenBudget })
          .catch((error: unknown) => AppError.from(error));
        if (first instanceof AppError) {
          expect(first.code).toBe('budget-too-small');
          const enough = Number(first.details['requiredBudget']);
          expect(enough).toBeGreaterThan(limits.tokenBudget);
          await memory.context({ ...query, tokenBudget: enough });
          return;
        }
        expect(first.tokens.total).toBeLessThanOrEqual(limits.tokenBudget);
        const bySeq = new Map(kept.map((one) => [one.seq, one]));
        for (const item of first.items) expect(item.content).toBe(bySeq.get(item.seq)?.content);
        const seqs = first.items.map(({ seq }) => seq);
        expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
        const pins = kept.filter(({ isPinned }) => isPinned).map(({ seq }) => seq);
        expect(seqs).toEqual(expect.arrayContaining(pins));
        expect(groupItems(first.items).orphans).toEqual([]);
        expect(first.explain?.map(({ seq }) => seq)).toEqual(kept.map(({ seq }) => seq));
        expect(first.omitted.count).toBe(kept.length - seqs.length);
        if (format !== 'raw') {
          expect(validateMessages(format, first.messages ?? [], first.system)).toEqual([]);
        }
      },
    ),
  );

const coverage = fc
  .record({ sessionId: onSession, instance: onInstance })
  .map(({ sessionId, instance }) =>
    command(`coverage of ${sessionId} on ${instance}`, async (model, real) => {
      const { memory } = real.instances[instance];
      const { lastSeq, ranges, gaps } = await memory.coverage({ userId: USER, sessionId });
      expect(gaps).toEqual([]);
      let next = 1;
      for (const { fromSeq, toSeq } of ranges) {
        expect(fromSeq).toBe(next);
        next = toSeq + 1;
      }
      expect(next).toBe(lastSeq + 1);
      const live = ranges
        .filter(({ tier }) => tier !== 'deleted')
        .reduce((sum, { fromSeq, toSeq }) => sum + toSeq - fromSeq + 1, 0);
      expect(live).toBe(model.items(sessionId).length);
    }),
  );

const pass = fc.constantFrom(1, 8, 35).map((days) =>
  command(`${days} days pass, then migrate`, async (_model, { temp, instances }) => {
    temp.clock.advance(days * DAY_MS);
    const deadline = deadlineAfter(60_000, temp.clock);
    const report = await instances[0].memory.migrateTiers({ dryRun: false, deadline });
    expect(report.remaining).toBe(0);
    const again = await instances[0].memory.migrateTiers({ dryRun: false, deadline });
    expect(again).toMatchObject({ hotToWarm: 0, warmToCold: 0, coldToWarm: 0, segmentsWritten: 0 });
  }),
);

const summarize = fc
  .record({ sessionId: onSession, instance: onInstance })
  .map(({ sessionId, instance }) =>
    command(`summarise ${sessionId} on both at once`, async (model, real) => {
      const session = { userId: USER, sessionId };
      const outcomes = await Promise.all([
        real.instances[instance].memory.summarizeSession(session),
        real.instances[1 - instance]?.memory.summarizeSession(session),
      ]);
      const made = outcomes.filter((outcome) => outcome?.status === 'committed');
      expect(made.length).toBeLessThanOrEqual(1);
      const live = await historyOf(real.instances[0], sessionId, 'asc', 100);
      expect(live).toHaveLength(model.items(sessionId).length);
    }),
  );

const change = fc
  .record({ sessionId: onSession, instance: onInstance, which: fc.nat(), isDelete: fc.boolean() })
  .map(({ sessionId, instance, which, isDelete }) =>
    command(`${isDelete ? 'delete' : 'pin'} ${which} in ${sessionId}`, async (model, real) => {
      const { memory } = real.instances[instance];
      const items = model.items(sessionId);
      const target = items[which % (items.length || 1)];
      if (!target) return;
      const [found] = (
        await memory.history({
          userId: USER,
          sessionId,
          order: 'asc',
          limit: 1,
          fromSeq: target.seq,
        })
      ).items;
      if (!found) throw new Error(`Item ${target.seq} is not there`);
      if (isDelete) {
        await memory.deleteItem(found.id);
        items.splice(items.indexOf(target), 1);
        await expect(memory.readItem(found.id)).rejects.toMatchObject({ code: 'not-found' });
      } else {
        target.isPinned = !target.isPinned;
        await memory.patchItem(found.id, { pinned: target.isPinned });
      }
    }),
  );

const flush = onInstance.map((instance) =>
  command(`flush the cache of ${instance}`, async (_model, { instances }) => {
    await instances[instance].cache.clear();
  }),
);

const crash = onInstance.map((instance) =>
  command(`instance ${instance} dies and comes back`, async (_model, real) => {
    real.instances[instance] = await real.temp.open();
  }),
);

const erase = fc.constant(
  command('erase the user', async (model, { temp, instances }) => {
    const receipt = await instances[0].memory.eraseUser(USER, deadlineAfter(60_000, temp.clock));
    expect(receipt).toMatchObject({ status: 'erased', verifiedEmpty: true });
    model.sessions.clear();
    model.lastSeqs.clear();
    const late = {
      userId: USER,
      sessionId: 'a',
      items: [{ content: 'late', contentType: 'user_message' }],
      startedAtMs: temp.clock.now() + 1,
    };
    await expect(instances[1].memory.append({ ...late, isEvent: true })).rejects.toMatchObject({
      code: 'erased',
    });
    temp.clock.advance(10);
  }),
);

const COMMANDS: readonly fc.Arbitrary<Command>[] = [
  append,
  append,
  append,
  callTools,
  read,
  context,
  context,
  coverage,
  pass,
  summarize,
  change,
  flush,
  crash,
  erase,
];

const commands = fc.commands([...COMMANDS], { maxCommands: 50, size: 'max' });

interface ModelRuns {
  /** Of up to 50 commands each. */
  readonly runs: number;
  readonly timeoutMs: number;
  open(): Promise<TemporaryMemory>;
}

/** What must hold on every durable store. Each one's test file calls this once. */
export function describeMemoryModel(name: string, { runs, timeoutMs, open }: ModelRuns): void {
  describe(`the memory on ${name}`, () => {
    it(
      'behaves like plain lists, whatever is done to it in whatever order',
      async () => {
        await fc.assert(
          fc.asyncProperty(commands, async (steps) => {
            const temp = await open();
            try {
              const instances: Real['instances'] = [temp.system, await temp.open()];
              const setup = () => ({ model: new Model(), real: { temp, instances } });
              await fc.asyncModelRun(setup, steps);
            } finally {
              await temp.dispose();
            }
          }),
          { numRuns: runs },
        );
      },
      timeoutMs,
    );
  });
}
