import { describe, expect, it } from 'vitest';
import type { SessionRef } from '../domain/ids.ts';
import { AppError } from '../kernel/app-error.ts';
import { DAY_MS, MINUTE_MS } from '../kernel/clock.ts';
import { deadlineAfter } from '../kernel/deadline.ts';
import type { Summarizer, SummaryRequest } from '../ports/summarizer.ts';
import { memoryOfTest, type TemporaryMemory, USER } from '../testing/temporary-memory.ts';

const session = { userId: USER, sessionId: 's' };
const messages = (count: number, from = 1) =>
  Array.from(
    { length: count },
    (_, index) => `Message ${from + index}: the parcel A-${100 + index} is due on Monday.`,
  );

/** A summariser that writes what a test says, and remembers what it was asked. */
class ScriptedSummarizer implements Summarizer {
  readonly maxInputTokens: number;
  readonly requests: SummaryRequest[] = [];
  readonly #write: (request: SummaryRequest) => string | Promise<string>;

  constructor(
    write: (request: SummaryRequest) => string | Promise<string>,
    maxInputTokens = 10_000,
  ) {
    this.#write = write;
    this.maxInputTokens = maxInputTokens;
  }

  async summarize(request: SummaryRequest) {
    this.requests.push(request);
    return { text: await this.#write(request), model: 'scripted', isFallback: false };
  }
}

const summarize = ({ system }: TemporaryMemory) => system.memory.summarizeSession(session);
const summaryOf = async ({ system }: TemporaryMemory) =>
  (await system.memory.context({ ...session, format: 'raw', explain: false })).summary;

describe('a summary', () => {
  it('stands for everything but the last fifteen items, and deletes none of them', async () => {
    const temp = await memoryOfTest();
    await temp.append('s', ...messages(40));
    const outcome = await summarize(temp);
    expect(outcome).toMatchObject({ status: 'committed', summary: { fromSeq: 1, toSeq: 25 } });
    expect(await summaryOf(temp)).toMatchObject({ fromSeq: 1, toSeq: 25 });
    const { items } = await temp.system.memory.history({ ...session, order: 'asc', limit: 100 });
    expect(items.map(({ content }) => content)).toEqual(messages(40));
    const { ranges } = await temp.system.memory.coverage(session);
    expect(ranges).toEqual([
      { fromSeq: 1, toSeq: 25, summarised: true, tier: 'hot' },
      { fromSeq: 26, toSeq: 40, summarised: false, tier: 'hot' },
    ]);
  });

  it('can be expanded into its originals, page by page', async () => {
    const temp = await memoryOfTest();
    await temp.append('s', ...messages(40));
    await summarize(temp);
    const id = (await summaryOf(temp))?.id ?? '';
    const first = await temp.system.memory.readSummary(id, { expand: true, limit: 20 });
    expect(first.items?.map(({ seq }) => seq)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
    const fromSeq = first.nextSeq ?? 0;
    const second = await temp.system.memory.readSummary(id, { expand: true, limit: 20, fromSeq });
    expect(second.items?.map(({ seq }) => seq)).toEqual([21, 22, 23, 24, 25]);
    expect(second.nextSeq).toBeUndefined();
    await expect(
      temp.system.memory.readSummary(id, { expand: false, limit: 1, owner: 'another' }),
    ).rejects.toMatchObject({ code: 'not-found' });
  });

  it('can be expanded when all that it stands for is cold', async () => {
    const temp = await memoryOfTest();
    await temp.append('s', ...messages(40));
    await summarize(temp);
    temp.clock.advance(60 * DAY_MS);
    await temp.system.memory.migrateSession(session, deadlineAfter(60_000, temp.clock));
    const id = (await summaryOf(temp))?.id ?? '';
    const { items = [] } = await temp.system.memory.readSummary(id, { expand: true, limit: 500 });
    expect(items.map(({ content }) => content)).toEqual(messages(25));
    expect(new Set(items.map(({ tier }) => tier))).toEqual(new Set(['cold']));
  });

  it('folds the one before with what came since, in passes as long as the input allows', async () => {
    const summarizer = new ScriptedSummarizer(
      ({ previous, items }) => `${previous ?? ''}+${items.at(-1)?.seq}`,
      150,
    );
    const temp = await memoryOfTest({ summarizer });
    await temp.append('s', ...messages(40));
    await summarize(temp);
    expect(summarizer.requests.length).toBeGreaterThan(1);
    const seqs = summarizer.requests.flatMap(({ items }) => items.map(({ seq }) => seq));
    expect(seqs).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
    const before = await summaryOf(temp);
    const passes = summarizer.requests.length;
    await temp.append('s', ...messages(20, 41));
    await summarize(temp);
    expect(summarizer.requests[passes]).toMatchObject({ previous: before?.text });
    expect(await summaryOf(temp)).toMatchObject({ fromSeq: 1, toSeq: 45 });
  });

  it('is made once, however often and wherever it is asked for at once', async () => {
    let waiting: (() => void)[] = [];
    const summarizer = new ScriptedSummarizer(async () => {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 2) for (const go of waiting) go();
      });
      return 'In short.';
    });
    const temp = await memoryOfTest({ summarizer });
    const other = await temp.open();
    await temp.append('s', ...messages(40));
    const outcomes = await Promise.all([summarize(temp), other.memory.summarizeSession(session)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['committed', 'nothing-to-do']);
    waiting = [];
    expect(await summarize(temp)).toEqual({ status: 'nothing-to-do' });
    expect((await temp.system.index.totals()).summaries).toBe(1);
  });

  it('is made once where an earlier request comes after a later one, and again', async () => {
    const summarizer = new ScriptedSummarizer(() => 'In short.');
    const temp = await memoryOfTest({ summarizer });
    const asked: SessionRef[] = [];
    temp.system.bus.subscribe('memory-summarize', 'test', async ({ data }) => {
      asked.push({ userId: String(data['userId']), sessionId: String(data['sessionId']) });
    });
    await temp.append('s', ...messages(40));
    await temp.system.bus.drain();
    temp.clock.advance(11 * MINUTE_MS);
    await temp.append('s', ...messages(30, 41));
    await temp.system.bus.drain();
    expect(asked).toEqual([session, session]);
    const outcomes = [];
    for (const one of [...asked.toReversed(), ...asked])
      outcomes.push((await temp.system.memory.summarizeSession(one)).status);
    expect(outcomes).toEqual(['committed', ...Array(3).fill('nothing-to-do')]);
    expect(await summaryOf(temp)).toMatchObject({ fromSeq: 1, toSeq: 55 });
    expect(summarizer.requests).toHaveLength(1);
  });

  it('keeps what was appended while it was being written', async () => {
    let temp: TemporaryMemory | undefined;
    const summarizer = new ScriptedSummarizer(async () => {
      await temp?.append('s', 'said meanwhile');
      return 'In short.';
    });
    temp = await memoryOfTest({ summarizer });
    await temp.append('s', ...messages(40));
    expect(await summarize(temp)).toMatchObject({ status: 'committed', summary: { toSeq: 25 } });
    const { items } = await temp.system.memory.context({
      ...session,
      format: 'raw',
      explain: false,
    });
    expect(items.at(-1)).toMatchObject({ seq: 41, content: 'said meanwhile' });
  });

  it.each([
    ['empty', () => '   '],
    ['over-limit', () => 'word '.repeat(5_000)],
    [
      'not-shrinking',
      ({ items }: SummaryRequest) =>
        items
          .map(({ content }) => content)
          .join(' ')
          .repeat(2),
    ],
  ])('that is %s is refused, and the old one stays', async (reason, write) => {
    let isGood = true;
    const summarizer = new ScriptedSummarizer((request) => (isGood ? 'Good.' : write(request)));
    const temp = await memoryOfTest({ summarizer });
    await temp.append('s', ...messages(40));
    await summarize(temp);
    isGood = false;
    await temp.append('s', ...messages(20, 41));
    expect(await summarize(temp)).toEqual({ status: 'refused', reason });
    expect(await summaryOf(temp)).toMatchObject({ text: 'Good.', toSeq: 25 });
  });

  it('that the model fails to write changes nothing', async () => {
    const summarizer = new ScriptedSummarizer(() => {
      throw new AppError('unavailable', 'The model is down');
    });
    const temp = await memoryOfTest({ summarizer });
    await temp.append('s', ...messages(40));
    await expect(summarize(temp)).rejects.toMatchObject({ code: 'unavailable' });
    const { summary, items } = await temp.system.memory.context({
      ...session,
      tokenBudget: 100_000,
      format: 'raw',
      explain: false,
    });
    expect(summary).toBeNull();
    expect(items).toHaveLength(40);
  });

  it('never sees pins and system items, which stand in the context as they are', async () => {
    const summarizer = new ScriptedSummarizer(() => 'In short.');
    const temp = await memoryOfTest({ summarizer });
    await temp.append(
      's',
      { content: 'Be brief.', contentType: 'system_message' },
      { content: 'My seat is 14C.', contentType: 'user_message', pinned: true },
      ...messages(38),
    );
    await summarize(temp);
    const seqs = summarizer.requests.flatMap(({ items }) => items.map(({ seq }) => seq));
    expect(seqs).toEqual(Array.from({ length: 23 }, (_, index) => index + 3));
    // What need not be repeated is known, though.
    const anchors = summarizer.requests.map((request) => request.anchors?.map(({ seq }) => seq));
    expect(anchors).toEqual([[1, 2]]);
    const { items } = await temp.system.memory.context({
      ...session,
      format: 'raw',
      explain: false,
    });
    expect(items.slice(0, 2).map(({ content }) => content)).toEqual([
      'Be brief.',
      'My seat is 14C.',
    ]);
  });

  it('is not made for a few items: each one is a call of the model', async () => {
    const summarizer = new ScriptedSummarizer(() => 'In short.');
    const temp = await memoryOfTest({ summarizer });
    temp.system.bus.subscribe('memory-summarize', 'test', async () => {
      await summarize(temp);
    });
    await temp.append('s', ...messages(19));
    await temp.system.memory.context({ ...session, maxItems: 3, format: 'raw', explain: false });
    await temp.system.bus.drain();
    expect(summarizer.requests).toEqual([]);
    expect(await summarize(temp)).toEqual({ status: 'nothing-to-do' });
    await temp.append('s', ...messages(1, 20));
    await temp.system.memory.context({ ...session, maxItems: 3, format: 'raw', explain: false });
    await temp.system.bus.drain();
    expect(await summaryOf(temp)).toMatchObject({ toSeq: 5 });
  });

  it('of a long backlog is made in bounded runs that ask for the next', async () => {
    const temp = await memoryOfTest();
    for (let from = 1; from <= 2_400; from += 400) await temp.append('s', ...messages(400, from));
    temp.system.bus.subscribe('memory-summarize', 'test', async () => {
      await summarize(temp);
    });
    expect(await summarize(temp)).toMatchObject({ status: 'committed' });
    await temp.system.bus.drain();
    expect(await summaryOf(temp)).toMatchObject({ fromSeq: 1, toSeq: 2_385 });
  });

  it('of large items is made of some of them at a time, and cuts no call from its result', async () => {
    const summarizer = new ScriptedSummarizer(({ items }) => `Until ${items.at(-1)?.seq}`);
    const counter = { name: 'words', count: (text: string) => text.split(' ').length };
    const temp = await memoryOfTest({ summarizer, counter });
    const large = (count: number) =>
      messages(count).map((text) => `${text} ${'x'.repeat(250 * 1_024)}`);
    await temp.append('s', ...large(30));
    await temp.append('s', ...large(9));
    const toolCalls = [{ id: 'c1', name: 'read', arguments: '{}' }];
    await temp.append('s', { content: '', contentType: 'tool_call', toolCalls });
    for (let batch = 0; batch < 3; batch++) await temp.append('s', ...large(22));
    await temp.append('s', { content: 'done', contentType: 'tool_result', toolCallId: 'c1' });
    await temp.append('s', ...large(30));
    // By now a call without a result is thought to stay so.
    temp.clock.advance(2 * DAY_MS);
    temp.system.bus.subscribe('memory-summarize', 'test', async () => {
      await summarize(temp);
    });
    await summarize(temp);
    await temp.system.bus.drain();
    expect(await summaryOf(temp)).toMatchObject({ fromSeq: 1, toSeq: 122 });
    const ranges = summarizer.requests.map(({ items }) => [items[0]?.seq, items.at(-1)?.seq]);
    // Of the first 99, which are read before that is too much, those before the call.
    expect(ranges).toEqual([
      [1, 39],
      [40, 122],
    ]);
  });
});
