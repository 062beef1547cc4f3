import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError, type ErrorCode } from '../../kernel/app-error.ts';
import { silentLogger } from '../../kernel/logger.ts';
import { describeSummarizer } from '../../ports/summarizer.contract.ts';
import type { Summarizer, SummaryRequest } from '../../ports/summarizer.ts';
import { counted } from '../../testing/counted.ts';
import { userItem } from '../../testing/transcripts.ts';
import { ExtractiveSummarizer } from '../extractive/extractive-summarizer.ts';
import { InProcessMeter } from '../in-process/meter.ts';
import { type FallbackOptions, fallbackSummarizer } from './fallback-summarizer.ts';

const REQUEST: SummaryRequest = { items: [userItem(1), userItem(2)], maxTokens: 100 };

/** A model that fails as a test says, and counts its calls. */
class Model implements Summarizer {
  readonly maxInputTokens = 50_000;
  calls = 0;
  failsWith: ErrorCode | undefined;
  meanwhile: () => void = () => undefined;

  async summarize() {
    this.calls++;
    this.meanwhile();
    if (this.failsWith) throw new AppError(this.failsWith, 'It failed');
    return { text: 'By the model.', model: 'model', isFallback: false };
  }
}

class StandIn implements Summarizer {
  readonly maxInputTokens = 1_000;
  readonly requests: SummaryRequest[] = [];

  async summarize(request: SummaryRequest) {
    this.requests.push(request);
    return { text: `${request.previous ?? ''}.`, model: 'stand-in', isFallback: false };
  }
}

beforeEach(() => {
  // The breaker reads the system's clock.
  vi.useFakeTimers({ toFake: ['Date'], now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

const setUp = (options: Partial<FallbackOptions> = {}) => {
  const model = new Model();
  const standIn = new StandIn();
  const meter = new InProcessMeter();
  const both = fallbackSummarizer(model, standIn, { meter, log: silentLogger, ...options });
  const attempt = async (request: Partial<SummaryRequest> = {}): Promise<string> => {
    try {
      const { model: writer, isFallback } = await both.summarize({ ...REQUEST, ...request });
      return isFallback ? `${writer}, marked` : writer;
    } catch (thrown) {
      return AppError.from(thrown).code;
    }
  };
  return { model, standIn, meter, both, attempt };
};

describeSummarizer('fallbackSummarizer whose model is down', (counter) => {
  const model = new Model();
  model.failsWith = 'unavailable';
  const options = { meter: new InProcessMeter(), log: silentLogger, isRetried: false };
  return fallbackSummarizer(model, new ExtractiveSummarizer(counter), options);
});

describe('fallbackSummarizer', () => {
  it('lets the model write as long as it does', async () => {
    const { attempt, standIn } = setUp();
    expect(await attempt()).toBe('model');
    expect(standIn.requests).toEqual([]);
  });

  it.each(['unavailable', 'quota-exceeded', 'deadline-exceeded', 'internal'] as const)(
    'fails twice with %s, for the event to come again, and then stands in',
    async (code) => {
      const { attempt, model } = setUp();
      model.failsWith = code;
      expect([await attempt(), await attempt(), await attempt()]).toEqual([
        code,
        code,
        'stand-in, marked',
      ]);
    },
  );

  it('leaves a failing model alone for a minute, then tries it with one call', async () => {
    const { attempt, model } = setUp();
    model.failsWith = 'unavailable';
    for (let call = 0; call < 10; call++) await attempt();
    expect(model.calls).toBe(3);
    vi.setSystemTime(59_999);
    expect(await attempt()).toBe('stand-in, marked');
    expect(model.calls).toBe(3);
    vi.setSystemTime(60_000);
    expect(await attempt()).toBe('stand-in, marked');
    expect(model.calls).toBe(4);
    model.failsWith = undefined;
    vi.setSystemTime(120_000);
    expect([await attempt(), await attempt()]).toEqual(['model', 'model']);
  });

  it('counts failures in a row only', async () => {
    const { attempt, model } = setUp();
    for (let round = 0; round < 3; round++) {
      model.failsWith = 'unavailable';
      expect([await attempt(), await attempt()]).toEqual(['unavailable', 'unavailable']);
      model.failsWith = undefined;
      expect(await attempt()).toBe('model');
    }
  });

  it('stands in at once for an input that the model refuses, and goes on asking it', async () => {
    const { attempt, model } = setUp();
    model.failsWith = 'invalid-argument';
    for (let call = 0; call < 5; call++) expect(await attempt()).toBe('stand-in, marked');
    model.failsWith = undefined;
    expect(await attempt()).toBe('model');
    expect(model.calls).toBe(6);
  });

  it('stands in at the first failure where no event comes again', async () => {
    const { attempt, model } = setUp({ isRetried: false });
    model.failsWith = 'unavailable';
    expect(await attempt()).toBe('stand-in, marked');
  });

  it('never stands in where only the model will do', async () => {
    const { attempt, model, standIn } = setUp();
    model.failsWith = 'unavailable';
    for (let call = 0; call < 5; call++) {
      expect(await attempt({ withoutStandIn: true })).toBe('unavailable');
    }
    expect(model.calls).toBe(3);
    model.failsWith = 'invalid-argument';
    vi.setSystemTime(60_000);
    expect(await attempt({ withoutStandIn: true })).toBe('invalid-argument');
    expect(standIn.requests).toEqual([]);
  });

  it('does not hold a caller without time against the model', async () => {
    const { attempt, model, standIn } = setUp();
    for (let call = 0; call < 5; call++) {
      expect(await attempt({ signal: AbortSignal.abort() })).toBe('deadline-exceeded');
    }
    expect(await attempt()).toBe('model');
    expect(model.calls).toBe(1);
    expect(standIn.requests).toEqual([]);
  });

  it('stands in for no caller whose time ran out while the model was asked', async () => {
    const { attempt, model, standIn } = setUp({ isRetried: false });
    const controller = new AbortController();
    model.failsWith = 'deadline-exceeded';
    model.meanwhile = () => controller.abort();
    expect(await attempt({ signal: controller.signal })).toBe('deadline-exceeded');
    expect(standIn.requests).toEqual([]);
  });

  it("hands the stand-in no more than it takes at once, each pass with the one before's text", async () => {
    const { both, model, standIn } = setUp({ isRetried: false });
    model.failsWith = 'unavailable';
    const items = [1, 2, 3, 4].map((seq) => userItem(seq, { tokens: 500 }));
    const { text } = await both.summarize({ ...REQUEST, items, previous: 'So far' });
    expect(standIn.requests.map(({ previous, items: pass }) => [previous, pass.length])).toEqual([
      ['So far', 2],
      ['So far.', 2],
    ]);
    expect(text).toBe('So far..');
  });

  it('counts what failed by its code', async () => {
    const { attempt, model, meter } = setUp();
    model.failsWith = 'unavailable';
    for (let call = 0; call < 5; call++) await attempt();
    expect(counted(meter)).toEqual({ 'model_failures{code=unavailable}': 3 });
  });
});
