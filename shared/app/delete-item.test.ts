import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../kernel/clock.ts';
import { deadlineAfter } from '../kernel/deadline.ts';
import { memoryOfTest, type TemporaryMemory, USER } from '../testing/temporary-memory.ts';

const session = { userId: USER, sessionId: 's' };
const messages = (count: number, from = 1) =>
  Array.from(
    { length: count },
    (_, index) => `Message ${from + index} tells of gate G${from + index}.`,
  );
const contextOf = ({ system }: TemporaryMemory) =>
  system.memory.context({ ...session, format: 'raw', explain: false });

describe('a deleted item', () => {
  it.each([0, 10, 40])(
    'is gone from its tier at an age of %d days, and nothing else is',
    async (days) => {
      const temp = await memoryOfTest();
      const ids = await temp.append('s', ...messages(5));
      temp.clock.advance(days * DAY_MS);
      const deadline = deadlineAfter(60_000, temp.clock);
      await temp.system.memory.migrateTiers({ dryRun: false, deadline });
      await temp.system.memory.deleteItem(ids[2] ?? '');
      await expect(temp.system.memory.readItem(ids[2] ?? '')).rejects.toMatchObject({
        code: 'not-found',
      });
      await temp.system.cache.clear();
      const { items } = await temp.system.memory.history({ ...session, order: 'asc', limit: 10 });
      expect(items.map(({ seq }) => seq)).toEqual([1, 2, 4, 5]);
      const { ranges, gaps } = await temp.system.memory.coverage(session);
      expect(
        ranges.map(({ fromSeq, toSeq, tier }) => [fromSeq, toSeq, tier === 'deleted']),
      ).toEqual([
        [1, 2, false],
        [3, 3, true],
        [4, 5, false],
      ]);
      expect(gaps).toEqual([]);
      // The number is not used again.
      await temp.append('s', 'next');
      expect((await contextOf(temp)).items.at(-1)?.seq).toBe(6);
    },
  );

  it('takes with it every summary and fact that tells of it, and an older summary takes over', async () => {
    const temp = await memoryOfTest();
    const early = await temp.append('s', ...messages(40));
    await temp.system.memory.summarizeSession(session);
    const first = (await contextOf(temp)).summary;
    const late = await temp.append('s', ...messages(40, 41));
    await temp.system.memory.summarizeSession(session);
    const second = (await contextOf(temp)).summary;
    expect([first?.toSeq, second?.toSeq]).toEqual([25, 65]);

    await temp.system.memory.deleteItem(late[9] ?? '');
    const after = await contextOf(temp);
    expect(after.summary).toMatchObject({ id: first?.id, toSeq: 25 });
    expect(JSON.stringify(after)).not.toContain('G50');
    await expect(
      temp.system.memory.readSummary(second?.id ?? '', { expand: false, limit: 1 }),
    ).rejects.toMatchObject({ code: 'not-found' });

    await temp.system.memory.deleteItem(early[4] ?? '');
    const none = await contextOf(temp);
    expect(none.summary).toBeNull();
    expect(none.facts).toEqual([]);
  });

  it('is not told of by the summary that is made instead', async () => {
    const temp = await memoryOfTest();
    temp.system.bus.subscribe('memory-summarize', 'test', async () => {
      await temp.system.memory.summarizeSession(session);
    });
    const ids = await temp.append('s', ...messages(60));
    await temp.system.bus.drain();
    expect((await contextOf(temp)).summary).toMatchObject({ toSeq: 45 });
    await temp.system.memory.deleteItem(ids[6] ?? '');
    await temp.system.bus.drain();
    const { summary, facts } = await contextOf(temp);
    expect(summary).toMatchObject({ fromSeq: 1, toSeq: 45 });
    expect(`${summary?.text} ${JSON.stringify(facts)}`).not.toMatch(/\bG7\b|Message 7 /);
  });

  it('stops a summary that was begun before', async () => {
    let temp: TemporaryMemory | undefined;
    let target = '';
    temp = await memoryOfTest({
      summarizer: {
        maxInputTokens: 100_000,
        async summarize() {
          await temp?.system.memory.deleteItem(target);
          return { text: 'Gate G7 was told of.', model: 'slow', isFallback: false };
        },
      },
    });
    target = (await temp.append('s', ...messages(40)))[6] ?? '';
    expect(await temp.system.memory.summarizeSession(session)).toEqual({ status: 'nothing-to-do' });
    expect((await contextOf(temp)).summary).toBeNull();
  });

  it('of another user is as absent as one that never was', async () => {
    const temp = await memoryOfTest();
    const [id = ''] = await temp.append('s', 'mine');
    const { memory } = temp.system;
    await expect(memory.deleteItem(id, 'another')).rejects.toMatchObject({ code: 'not-found' });
    await expect(memory.readItem(id, 'another')).rejects.toMatchObject({ code: 'not-found' });
    await expect(memory.patchItem(id, { pinned: true }, 'another')).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(await memory.readItem(id, USER)).toMatchObject({ content: 'mine', pinned: false });
  });
});

describe('a patched item', () => {
  it.each([0, 10, 40])('keeps its tier at %d days, and its new pin and metadata', async (days) => {
    const temp = await memoryOfTest();
    const ids = await temp.append('s', ...messages(5));
    temp.clock.advance(days * DAY_MS);
    const deadline = deadlineAfter(60_000, temp.clock);
    await temp.system.memory.migrateTiers({ dryRun: false, deadline });
    const before = await temp.system.memory.readItem(ids[1] ?? '');
    const patch = { pinned: true, metadata: { colour: 'green' } };
    const patched = await temp.system.memory.patchItem(ids[1] ?? '', patch);
    expect(patched).toEqual({ ...before, ...patch });
    await temp.system.cache.clear();
    const { items } = await temp.system.memory.context({
      ...session,
      maxItems: 2,
      format: 'raw',
      explain: false,
    });
    expect(items.map(({ seq, pinned }) => [seq, pinned])).toEqual([
      [2, true],
      [5, false],
    ]);
  });

  it('that lost its pin behind a summary is told of by the next one', async () => {
    const temp = await memoryOfTest();
    const [id = ''] = await temp.append('s', {
      content: 'The gate is G99.',
      contentType: 'user_message',
      pinned: true,
    });
    const { memory, bus } = temp.system;
    const told = async () => JSON.stringify(await contextOf(temp)).includes('G99');
    await temp.append('s', ...messages(60));
    await memory.summarizeSession(session);
    const { summary: before, facts } = await contextOf(temp);
    expect(`${before?.text} ${JSON.stringify(facts)}`).not.toContain('G99');
    expect(await told()).toBe(true);
    bus.subscribe('memory-summarize', 'test', async () => {
      await memory.summarizeSession(session);
    });
    expect(await memory.patchItem(id, { pinned: false })).toMatchObject({ pinned: false });
    await bus.drain();
    const { summary: after } = await contextOf(temp);
    expect(after).toMatchObject({ fromSeq: 1, toSeq: before?.toSeq });
    expect(after?.id).not.toBe(before?.id);
    expect(await told()).toBe(true);
  });

  it('that is shown as before keeps the summary', async () => {
    const temp = await memoryOfTest();
    const ids = await temp.append('s', ...messages(40));
    const rule = { content: 'Be brief.', contentType: 'system_message', pinned: true };
    const [ruleId = ''] = await temp.append('s', rule);
    await temp.append('s', ...messages(40, 41));
    const { memory } = temp.system;
    await memory.summarizeSession(session);
    const { summary } = await contextOf(temp);
    await memory.patchItem(ids[3] ?? '', { metadata: { colour: 'green' } });
    await memory.patchItem(ids[3] ?? '', { pinned: true });
    // A system item is shown whether it is pinned or not.
    await memory.patchItem(ruleId, { pinned: false });
    expect((await contextOf(temp)).summary).toEqual(summary);
  });

  it('can be unpinned, and a session has a bounded number of pins', async () => {
    const temp = await memoryOfTest();
    const pins = Array.from({ length: 256 }, (_, index) => ({
      content: `Pin ${index}`,
      contentType: 'user_message',
      pinned: true,
    }));
    const [first = ''] = await temp.append('s', ...pins);
    const [id = ''] = await temp.append('s', 'one more');
    const { memory } = temp.system;
    await expect(memory.patchItem(id, { pinned: true })).rejects.toMatchObject({
      code: 'invalid-argument',
    });
    await memory.patchItem(first, { pinned: false });
    await memory.patchItem(id, { pinned: true });
    expect(await memory.readItem(id)).toMatchObject({ pinned: true });
  });
});
