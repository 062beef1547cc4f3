import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { GemmaTokenCounter } from '../adapters/gemma/gemma-token-counter.ts';
import { METRICS } from '../domain/metrics/catalogue.ts';
import type { Metric } from '../domain/metrics/metric.ts';
import { totalOf } from '../domain/metrics/series.ts';
import { MINUTE_MS } from '../kernel/clock.ts';
import { internalError, success } from '../testing/gemini-replies.ts';
import { type GeminiServer, startGeminiServer } from '../testing/gemini-server.ts';
import { promptPrice } from '../testing/prompt-price.ts';
import { memoryOfTest, USER } from '../testing/temporary-memory.ts';
import { ContextPruner } from './context-pruner.ts';

const session = { userId: USER, sessionId: 's' };
const GEMINI = { geminiProject: 'a-project', geminiSdk: 'genai' } as const;
const history = Array.from({ length: 40 }, (_, index) => ({
  content: `Message ${index + 1}: parcel A-${100 + index} is due on Monday.`,
  contentType: 'user_message',
}));

let server: GeminiServer;
let folder: string;
beforeAll(async () => {
  server = await startGeminiServer();
  folder = await mkdtemp(join(tmpdir(), 'strata-gemini-'));
  await writeFile(join(folder, 'account.json'), JSON.stringify(serviceAccount()));
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  vi.stubEnv('GOOGLE_VERTEX_BASE_URL', `http://${server.host}`);
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', join(folder, 'account.json'));
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
});

/** An account of another universe signs its own tokens: no server is asked for one. */
function serviceAccount() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return {
    type: 'service_account',
    universe_domain: 'universe.test',
    project_id: 'a-project',
    client_email: 'tester@a-project.test',
    private_key_id: 'k1',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

describe('with a Gemini project', () => {
  it('ContextPruner lets Gemini summarise what it leaves out', async () => {
    server.script(success('Parcels A-100 to A-124 are due on Monday.'));
    const pruner = new ContextPruner({ ...GEMINI, geminiModel: 'gemini-3.8-flash' });
    const { summary, failure } = await pruner.pruneConversationHistory({ history });
    expect(failure).toBeUndefined();
    expect(summary).toMatchObject({
      text: 'Parcels A-100 to A-124 are due on Monday.',
      model: 'gemini-3.5-flash (prompt 1)',
    });
    expect(server.requests.map(({ path }) => path)).toEqual([
      '/v1/projects/a-project/locations/global/publishers/google/models/gemini-3.8-flash:generateContent',
    ]);
  });

  it('ContextPruner summarises without Gemini where that fails', async () => {
    server.script(internalError());
    const { summary, failure } = await new ContextPruner(GEMINI).pruneConversationHistory({
      history,
    });
    expect(failure).toBeUndefined();
    expect(summary?.model).toMatch(/^extractive/);
    expect(server.requests).toHaveLength(1);
  });

  it('the memory counts as much more as Gemini says that it counts', async () => {
    const temp = await memoryOfTest({ options: GEMINI });
    const { memory } = temp.system;
    const context = () =>
      memory.context({ ...session, tokenBudget: 700, format: 'gemini', explain: true });
    await temp.append('s', ...history);
    const before = (await context()).tokens;
    expect(before).not.toHaveProperty('correction');
    // The prompt has 1,137 tokens by our count: 1,200 are 106 hundredths of it, rounded up.
    server.script(success('Parcels A-100 to A-124 are due on Monday.', 1_200));
    await memory.summarizeSession(session);
    const { tokens, messages = [] } = await context();
    expect(tokens).toMatchObject({ budget: 700, counter: 'gemma3', correction: 1.06 });
    const counter = new GemmaTokenCounter();
    const price = promptPrice('gemini', { messages: [...messages] }, (text) => counter.count(text));
    expect(tokens.total).toBe(Math.ceil(price * 1.06));
    expect(tokens.total).toBeLessThanOrEqual(700);
  });

  it('the memory lets a stand-in write while Gemini fails, and Gemini again when it is back', async () => {
    const temp = await memoryOfTest({ options: GEMINI });
    const { memory, meter } = temp.system;
    const summary = async () =>
      (await memory.context({ ...session, format: 'raw', explain: false })).summary;
    const countOf = (metric: Metric<'cumulative'>) => totalOf(meter.series(), metric);
    await temp.append('s', ...history);
    server.script(internalError());
    for (let delivery = 1; delivery <= 2; delivery++) {
      await expect(memory.summarizeSession(session)).rejects.toMatchObject({ code: 'unavailable' });
    }
    expect(await memory.summarizeSession(session)).toMatchObject({
      status: 'committed',
      summary: { isFallback: true, model: expect.stringMatching(/^extractive/) },
    });
    expect(countOf(METRICS.summariesFallback)).toBe(1);
    expect(countOf(METRICS.modelFailures)).toBe(3);

    server.script(success('Parcels A-100 to A-124 are due on Monday.'));
    temp.clock.advance(10 * MINUTE_MS);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + MINUTE_MS });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    expect(await memory.summarizeSession(session)).toMatchObject({
      status: 'committed',
      summary: { isFallback: false, model: 'gemini-3.5-flash (prompt 1)' },
    });
    expect(await summary()).toMatchObject({
      text: 'Parcels A-100 to A-124 are due on Monday.',
      fromSeq: 1,
      toSeq: 25,
    });
    expect(countOf(METRICS.summariesReplaced)).toBe(1);
    expect(countOf(METRICS.modelTokens)).toBe(412 + 31 + 17);
  });
});

describe('where an OpenTelemetry SDK is registered', () => {
  const exporter = new InMemorySpanExporter();
  const callsOfModel = () =>
    exporter.getFinishedSpans().filter(({ name }) => name.startsWith('generate_content'));
  beforeAll(() => {
    new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
  });
  beforeEach(() => exporter.reset());
  afterAll(() => {
    trace.disable();
    context.disable();
  });

  it('a call of the model is a span within that of the summary, with its tokens', async () => {
    const temp = await memoryOfTest({ options: GEMINI });
    await temp.append('s', ...history);
    server.script(success('Parcels A-100 to A-124 are due on Monday.'));
    exporter.reset();
    await temp.system.memory.summarizeSession(session);
    const summary = exporter.getFinishedSpans().find(({ name }) => name.startsWith('strata.'));
    const [call, ...others] = callsOfModel();
    expect(others).toEqual([]);
    expect(call).toMatchObject({
      name: 'generate_content gemini-3.5-flash',
      kind: SpanKind.CLIENT,
    });
    expect(call?.parentSpanContext?.spanId).toBe(summary?.spanContext().spanId);
    expect(call?.attributes).toEqual({
      'gen_ai.operation.name': 'generate_content',
      'gen_ai.provider.name': 'gcp.vertex_ai',
      'gen_ai.request.model': 'gemini-3.5-flash',
      'gen_ai.response.model': 'gemini-3.5-flash',
      'gen_ai.output.type': 'text',
      'gen_ai.usage.input_tokens': 412,
      'gen_ai.usage.output_tokens': 31 + 17,
      'gen_ai.usage.reasoning.output_tokens': 17,
    });
  });

  it('a failed call says why by its code alone', async () => {
    const temp = await memoryOfTest({ options: GEMINI });
    await temp.append('s', ...history);
    server.script(internalError());
    await temp.system.memory.summarizeSession(session).catch(() => undefined);
    const [call] = callsOfModel();
    expect(call?.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(call?.attributes).toEqual({
      'gen_ai.operation.name': 'generate_content',
      'gen_ai.provider.name': 'gcp.vertex_ai',
      'gen_ai.request.model': 'gemini-3.5-flash',
      'gen_ai.output.type': 'text',
      'error.type': 'unavailable',
    });
    expect(call?.events).toEqual([]);
  });
});
