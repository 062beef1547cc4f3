import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isTracingRegistered } from '../adapters/opentelemetry/is-registered.ts';
import { systemClock } from '../kernel/clock.ts';
import { deadlineAfter } from '../kernel/deadline.ts';
import { inLogScope } from '../kernel/log-scope.ts';
import { jsonLogger } from '../kernel/logger.ts';
import type { BusMessage } from '../ports/event-bus.ts';
import type { Summarizer } from '../ports/summarizer.ts';
import { memoryOfTest, type TemporaryMemory, USER } from '../testing/temporary-memory.ts';
import { TOPICS } from '../topology.ts';

const CALLER = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  isSampled: true,
};
const CONTENT = 'words-of-the-user';
const SESSION = { userId: USER, sessionId: 's1' };
const CONTEXT = { ...SESSION, format: 'raw', explain: false } as const;
const PARKED = {
  ...SESSION,
  name: 'ingest-items',
  topic: TOPICS.append,
  messageId: 'm1',
  reason: { code: 'conflict', detail: 'Used' },
  message: { data: CONTENT },
  attempts: 1,
};
const EMPTY: Summarizer = {
  maxInputTokens: 100_000,
  summarize: async () => ({ text: '', model: 'none', isFallback: false }),
};

const exporter = new InMemorySpanExporter();
const spans = (): readonly ReadableSpan[] => exporter.getFinishedSpans();
const only = (name: string): ReadableSpan => {
  const [span, ...others] = spans().filter((one) => one.name === name);
  if (!span || others.length > 0) throw new Error(`expected one span ${name}`);
  return span;
};
const soon = () => deadlineAfter(60_000, systemClock);

it('leaves the memory as it is where no SDK is registered', async () => {
  expect(isTracingRegistered()).toBe(false);
  const { append } = await memoryOfTest();
  await append('s1', CONTENT);
  expect(spans()).toEqual([]);
});

describe('where an OpenTelemetry SDK is registered', () => {
  const lines: string[] = [];
  let temp: TemporaryMemory;

  beforeAll(() => {
    new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
  });
  beforeEach(async () => {
    const log = jsonLogger((line) => void lines.push(line));
    temp = await memoryOfTest({ log, summarizer: EMPTY });
    exporter.reset();
    lines.length = 0;
  });
  afterAll(() => {
    trace.disable();
    context.disable();
  });

  it('gives every use case a span, with the GenAI names where there are such', async () => {
    const { memory } = temp.system;
    const [first = '', second = ''] = await temp.append('s1', CONTENT, CONTENT);
    await memory.patchItem(first, { pinned: true });
    await memory.readItem(first);
    await memory.history({ ...SESSION, limit: 10, order: 'asc' });
    await memory.context(CONTEXT);
    await memory.coverage(SESSION);
    await memory.listSessions(USER, { limit: 10 });
    for await (const _ of memory.exportUser(USER));
    await memory.summarizeSession(SESSION);
    await memory.migrateTiers({ dryRun: false, deadline: soon() });
    await memory.migrateSession(SESSION, soon());
    await memory.park(PARKED);
    await memory.flushAccesses();
    await memory.deleteItem(second);
    await memory.deleteSession(SESSION);
    const { receiptId } = await memory.eraseUser(USER, soon());
    await memory.readReceipt(receiptId);
    await memory.readSummary('none', { expand: false, limit: 1 }).catch(() => undefined);
    const operations = spans().map(({ name, attributes }) => [
      name,
      attributes['gen_ai.operation.name'],
    ]);
    expect(operations).toEqual([
      ['create_memory', 'create_memory'],
      ['update_memory', 'update_memory'],
      ['strata.read_item', undefined],
      ['strata.read_history', undefined],
      ['search_memory', 'search_memory'],
      ['strata.read_coverage', undefined],
      ['strata.list_sessions', undefined],
      ['strata.export_user', undefined],
      ['strata.summarize_session', undefined],
      ['strata.migrate_tiers', undefined],
      ['strata.migrate_session', undefined],
      ['strata.park_message', undefined],
      ['strata.flush_accesses', undefined],
      ['delete_memory', 'delete_memory'],
      ['delete_memory', 'delete_memory'],
      ['delete_memory', 'delete_memory'],
      ['strata.read_receipt', undefined],
      ['strata.read_summary', undefined],
    ]);
    expect(Object.keys(memory)).toHaveLength(operations.length);
  });

  it('says how many records and which session, and what a context came to', async () => {
    const { memory } = temp.system;
    await temp.append('s1', CONTENT, CONTENT);
    await memory.context(CONTEXT);
    expect(only('create_memory').attributes).toEqual({
      'gen_ai.operation.name': 'create_memory',
      'gen_ai.conversation.id': 's1',
      'gen_ai.memory.record.count': 2,
      'strata.is_replay': false,
    });
    expect(only('search_memory').attributes).toEqual({
      'gen_ai.operation.name': 'search_memory',
      'gen_ai.conversation.id': 's1',
      'gen_ai.memory.record.count': 2,
      'strata.tokens.total': expect.any(Number),
      'strata.tokens.budget': 4_000,
      'strata.has_summary': false,
      'strata.omitted': 0,
    });
  });

  it('never says what was said or by whom', async () => {
    await temp.append('s1', CONTENT);
    await temp.system.memory.context(CONTEXT);
    await temp.system.memory.eraseUser(USER, soon());
    const told = spans().map(({ name, attributes, events }) => [name, attributes, events]);
    expect(told).toHaveLength(3);
    expect(JSON.stringify(told)).not.toContain(CONTENT);
    expect(JSON.stringify(told)).not.toContain(USER);
  });

  it('marks a failure with its code and nothing else', async () => {
    await expect(temp.system.memory.readItem('no such item')).rejects.toMatchObject({
      code: 'not-found',
    });
    const { attributes, status, events } = only('strata.read_item');
    expect(attributes['error.type']).toBe('not-found');
    expect(status).toEqual({ code: SpanStatusCode.ERROR });
    expect(events).toEqual([]);
  });

  it("is a child of the caller's span, also of one that only the headers name", async () => {
    await inLogScope({ labels: {}, trace: CALLER }, () => temp.append('s1', CONTENT));
    const { parentSpanContext } = only('create_memory');
    expect(parentSpanContext).toMatchObject({ traceId: CALLER.traceId, spanId: CALLER.spanId });
    exporter.reset();
    const tracer = trace.getTracer('the caller');
    await inLogScope({ labels: {}, trace: CALLER }, () =>
      tracer.startActiveSpan('agent turn', async (span) => {
        await temp.append('s1', CONTENT);
        span.end();
      }),
    );
    const turn = only('agent turn').spanContext();
    expect(only('create_memory').parentSpanContext?.spanId).toBe(turn.spanId);
  });

  it('is not recorded when the caller does not sample', async () => {
    const trace = { ...CALLER, isSampled: false };
    await inLogScope({ labels: {}, trace }, () => temp.append('s1', CONTENT));
    expect(spans()).toEqual([]);
  });

  it('gives its id to what is logged in it and to what it publishes', async () => {
    const published: BusMessage['attributes'][] = [];
    const { bus, memory } = temp.system;
    bus.subscribe(TOPICS.events, 'test', async ({ attributes }) => void published.push(attributes));
    await temp.append('s1', ...Array.from({ length: 30 }, () => CONTENT));
    await memory.summarizeSession(SESSION);
    await bus.drain();
    const appended = only('create_memory').spanContext();
    expect(published).toMatchObject([
      { traceparent: `00-${appended.traceId}-${appended.spanId}-01` },
    ]);
    const summarized = only('strata.summarize_session').spanContext();
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      {
        message: 'A summary was refused; the one before stays',
        'logging.googleapis.com/trace': summarized.traceId,
        'logging.googleapis.com/spanId': summarized.spanId,
        'logging.googleapis.com/trace_sampled': true,
      },
    ]);
  });

  it('spans an export until it was read to its end, or nobody reads on', async () => {
    await temp.append('s1', CONTENT);
    exporter.reset();
    const { memory } = temp.system;
    let lineCount = 0;
    for await (const _ of memory.exportUser(USER)) {
      expect(spans()).toEqual([]);
      lineCount += 1;
    }
    expect(only('strata.export_user').attributes).toEqual({ 'strata.lines': lineCount });
    exporter.reset();
    for await (const _ of memory.exportUser(USER)) break;
    expect(only('strata.export_user').attributes).toEqual({ 'strata.lines': 1 });
  });
});
