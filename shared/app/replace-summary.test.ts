import { describe, expect, it } from 'vitest';
import { AppError, type ErrorCode } from '../kernel/app-error.ts';
import { deadlineAfter } from '../kernel/deadline.ts';
import type { Summarizer, SummaryRequest } from '../ports/summarizer.ts';
import { memoryOfTest, type TemporaryMemory, USER } from '../testing/temporary-memory.ts';

const session = { userId: USER, sessionId: 's' };
const MINUTE_MS = 60_000;
const messages = (count: number, from = 1) =>
  Array.from(
    { length: count },
    (_, index) => `Message ${from + index}: the parcel A-${100 + index} is due on Monday.`,
  );

/** A model with a stand-in: `down` makes it fail, and the stand-in writes where it may. */
class Model implements Summarizer {
  readonly maxInputTokens = 10_000_000;
  readonly asked: SummaryRequest[] = [];
  down: ErrorCode | undefined;
  /** Runs while the model writes. */
  meanwhile: () => Promise<unknown> = async () => undefined;

  async summarize(request: SummaryRequest) {
    this.asked.push(request);
    await this.meanwhile();
    const range = `${request.items[0]?.seq}-${request.items.at(-1)?.seq}`;
    const previous = request.previous === undefined ? '' : `${request.previous} `;
    if (!this.down) return { text: `${previous}M${range}`, model: 'model', isFallback: false };
    if (request.withoutStandIn) throw new AppError(this.down, 'It failed');
    return { text: `${previous}S${range}`, model: 'stand-in', isFallback: true };
  }
}

async function setUp() {
  const summarizer = new Model();
  const temp = await memoryOfTest({ summarizer });
  return { temp, summarizer };
}
const summarize = ({ system }: TemporaryMemory) => system.memory.summarizeSession(session);
const contextOf = ({ system }: TemporaryMemory) =>
  system.memory.context({ ...session, format: 'raw', explain: false, maxItems: 3 });
const textOf = async (temp: TemporaryMemory) => (await contextOf(temp)).summary?.text;
const sweep = ({ system, clock }: TemporaryMemory) =>
  system.memory.migrateTiers({ dryRun: false, deadline: deadlineAfter(MINUTE_MS, clock) });
/** Lets commands on the bus be answered, as the function does. */
const answerCommands = (temp: TemporaryMemory) =>
  temp.system.bus.subscribe('memory-summarize', 'test', async () => {
    await summarize(temp);
  });

describe("a stand-in's summary", () => {
  it('is written again by the model from the originals, with the same range and facts', async () => {
    const { temp, summarizer } = await setUp();
    await temp.append('s', ...messages(40));
    summarizer.down = 'unavailable';
    await summarize(temp);
    const before = await contextOf(temp);
    expect(before.summary).toMatchObject({ text: 'S1-25', fromSeq: 1, toSeq: 25 });
    summarizer.down = undefined;
    temp.clock.advance(10 * MINUTE_MS);
    expect(await summarize(temp)).toMatchObject({
      status: 'committed',
      summary: { text: 'M1-25', model: 'model', isFallback: false },
    });
    const after = await contextOf(temp);
    expect(after.summary).toMatchObject({ text: 'M1-25', fromSeq: 1, toSeq: 25 });
    expect(after.facts).toEqual(before.facts);
    expect(after.facts.length).toBeGreaterThan(0);
    expect(summarizer.asked[1]).toMatchObject({ withoutStandIn: true });
    expect(summarizer.asked[1]?.previous).toBeUndefined();
  });

  it('stays in the history, and can be read there', async () => {
    const { temp, summarizer } = await setUp();
    await temp.append('s', ...messages(40));
    summarizer.down = 'unavailable';
    await summarize(temp);
    const id = (await contextOf(temp)).summary?.id ?? '';
    summarizer.down = undefined;
    temp.clock.advance(10 * MINUTE_MS);
    await summarize(temp);
    const { summary } = await temp.system.memory.readSummary(id, { expand: false, limit: 1 });
    expect(summary).toMatchObject({ text: 'S1-25', model: 'stand-in', isFallback: true });
    expect((await contextOf(temp)).summary?.id).not.toBe(id);
  });

  it('is replaced by the sweep when nothing else is said', async () => {
    const { temp, summarizer } = await setUp();
    answerCommands(temp);
    summarizer.down = 'unavailable';
    await temp.append('s', ...messages(40));
    await temp.system.bus.drain();
    summarizer.down = undefined;
    temp.clock.advance(9 * MINUTE_MS);
    await sweep(temp);
    await temp.system.bus.drain();
    expect(await textOf(temp)).toBe('S1-25');
    temp.clock.advance(MINUTE_MS);
    await sweep(temp);
    await temp.system.bus.drain();
    expect(await textOf(temp)).toBe('M1-25');
    temp.clock.advance(24 * 60 * MINUTE_MS);
    await sweep(temp);
    await temp.system.bus.drain();
    expect(summarizer.asked).toHaveLength(2);
  });

  it('does not keep new items from being folded, before and after', async () => {
    const { temp, summarizer } = await setUp();
    answerCommands(temp);
    summarizer.down = 'unavailable';
    await temp.append('s', ...messages(40));
    await temp.system.bus.drain();
    await temp.append('s', ...messages(20, 41));
    await temp.system.bus.drain();
    expect(await textOf(temp)).toBe('S1-25 S26-45');
    summarizer.down = undefined;
    temp.clock.advance(MINUTE_MS);
    await temp.append('s', ...messages(20, 61));
    await temp.system.bus.drain();
    // The model folds on the stand-in's text, is seen to work again, and then starts anew.
    expect(summarizer.asked.map(({ items }) => [items[0]?.seq, items.at(-1)?.seq])).toEqual([
      [1, 25],
      [26, 45],
      [46, 65],
      [1, 65],
    ]);
    expect(await textOf(temp)).toBe('M1-65');
  });

  it("is replaced on the ground of the model's own last summary", async () => {
    const { temp, summarizer } = await setUp();
    await temp.append('s', ...messages(40));
    await summarize(temp);
    summarizer.down = 'unavailable';
    await temp.append('s', ...messages(20, 41));
    await summarize(temp);
    await temp.append('s', ...messages(20, 61));
    await summarize(temp);
    expect(await textOf(temp)).toBe('M1-25 S26-45 S46-65');
    summarizer.down = undefined;
    temp.clock.advance(10 * MINUTE_MS);
    await summarize(temp);
    expect(await textOf(temp)).toBe('M1-25 M26-65');
  });

  it('is tried again ever more rarely, and in the end no more', async () => {
    const { temp, summarizer } = await setUp();
    answerCommands(temp);
    summarizer.down = 'unavailable';
    await temp.append('s', ...messages(40));
    await temp.system.bus.drain();
    const minutes: number[] = [];
    for (let minute = 10; minute <= 7 * 24 * 60; minute += 10) {
      temp.clock.advance(10 * MINUTE_MS);
      const before = summarizer.asked.length;
      await sweep(temp);
      await temp.system.bus.drain();
      if (summarizer.asked.length > before) minutes.push(minute);
    }
    expect(minutes).toEqual([10, 30, 70, 150, 310, 630, 1_270, 2_550]);
    expect(await textOf(temp)).toBe('S1-25');
  });

  it('stays for good when the model refuses its items', async () => {
    const { temp, summarizer } = await setUp();
    answerCommands(temp);
    summarizer.down = 'invalid-argument';
    await temp.append('s', ...messages(40));
    await temp.system.bus.drain();
    for (let hour = 0; hour < 100; hour++) {
      temp.clock.advance(60 * MINUTE_MS);
      await sweep(temp);
      await temp.system.bus.drain();
    }
    expect(summarizer.asked).toHaveLength(2);
    expect(await textOf(temp)).toBe('S1-25');
  });

  it('that covers more than a run takes is replaced in parts, and covers all meanwhile', async () => {
    const { temp, summarizer } = await setUp();
    answerCommands(temp);
    summarizer.down = 'unavailable';
    for (let from = 1; from <= 2_400; from += 400) await temp.append('s', ...messages(400, from));
    await temp.system.bus.drain();
    expect((await contextOf(temp)).summary?.toSeq).toBe(2_385);
    summarizer.down = undefined;
    temp.clock.advance(10 * MINUTE_MS);
    const asked = summarizer.asked.length;
    const covered: (number | undefined)[] = [];
    summarizer.meanwhile = async () => {
      covered.push((await contextOf(temp)).summary?.toSeq);
    };
    await sweep(temp);
    await temp.system.bus.drain();
    const ranges = summarizer.asked
      .slice(asked)
      .map(({ items }) => [items[0]?.seq, items.at(-1)?.seq]);
    expect(ranges).toEqual([
      [1, 985],
      [986, 1_970],
      [1_971, 2_385],
    ]);
    expect(covered).toEqual([2_385, 2_385, 2_385]);
    expect(await textOf(temp)).toBe('M1-985 M986-1970 M1971-2385');
  });

  it('is not replaced by what was written from an item deleted meanwhile', async () => {
    const { temp, summarizer } = await setUp();
    const ids = await temp.append('s', ...messages(40));
    summarizer.down = 'unavailable';
    await summarize(temp);
    summarizer.down = undefined;
    temp.clock.advance(10 * MINUTE_MS);
    summarizer.meanwhile = async () => {
      summarizer.meanwhile = async () => undefined;
      await temp.system.memory.deleteItem(ids[3] ?? '');
    };
    expect(await summarize(temp)).toEqual({ status: 'nothing-to-do' });
    expect(await textOf(temp)).toBeUndefined();
    await summarize(temp);
    expect(summarizer.asked.at(-1)?.items.map(({ seq }) => seq)).not.toContain(4);
    expect(await textOf(temp)).toBe('M1-25');
  });

  it('is not replaced by what was written before a deletion made an older one take over', async () => {
    const { temp, summarizer } = await setUp();
    const ids = await temp.append('s', ...messages(40));
    summarizer.down = 'unavailable';
    await summarize(temp);
    await temp.append('s', ...messages(20, 41));
    await summarize(temp);
    summarizer.down = undefined;
    temp.clock.advance(10 * MINUTE_MS);
    summarizer.meanwhile = async () => {
      summarizer.meanwhile = async () => undefined;
      await temp.system.memory.deleteItem(ids[29] ?? '');
    };
    expect(await summarize(temp)).toEqual({ status: 'nothing-to-do' });
    expect(await textOf(temp)).toBe('S1-25');
  });

  it('hands its facts on, for the day when its successor has to go', async () => {
    const { temp, summarizer } = await setUp();
    await temp.append('s', ...messages(40));
    summarizer.down = 'unavailable';
    await summarize(temp);
    const { facts } = await contextOf(temp);
    summarizer.down = undefined;
    temp.clock.advance(10 * MINUTE_MS);
    await summarize(temp);
    const ids = await temp.append('s', ...messages(20, 41));
    await summarize(temp);
    expect(await textOf(temp)).toBe('M1-25 M26-45');
    await temp.system.memory.deleteItem(ids[0] ?? '');
    expect(await contextOf(temp)).toMatchObject({ summary: { text: 'M1-25' }, facts });
  });

  it('is replaced in parts that are written once, however many ask at once', async () => {
    const { temp, summarizer } = await setUp();
    summarizer.down = 'unavailable';
    for (let from = 1; from <= 1_200; from += 400) await temp.append('s', ...messages(400, from));
    for (let run = 0; run < 2; run++) await summarize(temp);
    const before = (await temp.system.index.totals()).summaries;
    const other = await temp.open();
    summarizer.down = undefined;
    temp.clock.advance(10 * MINUTE_MS);
    const asked = summarizer.asked.length;
    const both = Promise.withResolvers<void>();
    summarizer.meanwhile = () => {
      if (summarizer.asked.length === asked + 2) both.resolve();
      return both.promise;
    };
    const outcomes = await Promise.all([summarize(temp), other.memory.summarizeSession(session)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['committed', 'nothing-to-do']);
    expect((await temp.system.index.totals()).summaries).toBe(before + 1);
  });

  it('is replaced in parts where its items are large', async () => {
    const summarizer = new Model();
    const counter = { name: 'words', count: (text: string) => text.split(' ').length };
    const temp = await memoryOfTest({ summarizer, counter });
    const large = messages(23).map((text) => `${text} ${'x'.repeat(250 * 1_024)}`);
    summarizer.down = 'unavailable';
    for (let batch = 0; batch < 6; batch++) await temp.append('s', ...large);
    for (let run = 0; run < 2; run++) await summarize(temp);
    expect((await contextOf(temp)).summary).toMatchObject({ toSeq: 123 });
    summarizer.down = undefined;
    temp.clock.advance(10 * MINUTE_MS);
    summarizer.asked.length = 0;
    answerCommands(temp);
    await summarize(temp);
    await temp.system.bus.drain();
    expect(await textOf(temp)).toBe('M1-81 M82-123');
  });

  it('is replaced once, however many ask at once', async () => {
    const { temp, summarizer } = await setUp();
    await temp.append('s', ...messages(40));
    summarizer.down = 'unavailable';
    await summarize(temp);
    const other = await temp.open();
    summarizer.down = undefined;
    temp.clock.advance(10 * MINUTE_MS);
    const both = Promise.withResolvers<void>();
    summarizer.meanwhile = () => {
      if (summarizer.asked.length === 3) both.resolve();
      return both.promise;
    };
    const outcomes = await Promise.all([summarize(temp), other.memory.summarizeSession(session)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['committed', 'nothing-to-do']);
    expect((await temp.system.index.totals()).summaries).toBe(2);
  });

  it('stays when what the model writes is refused', async () => {
    const { temp, summarizer } = await setUp();
    await temp.append('s', ...messages(40));
    summarizer.down = 'unavailable';
    await summarize(temp);
    temp.clock.advance(10 * MINUTE_MS);
    summarizer.summarize = async () => ({ text: ' ', model: 'model', isFallback: false });
    expect(await summarize(temp)).toEqual({ status: 'nothing-to-do' });
    expect(await textOf(temp)).toBe('S1-25');
  });
});
