import { describe, expect, it } from 'vitest';
import { AppError } from '../../kernel/app-error.ts';
import { type Logger, silentLogger } from '../../kernel/logger.ts';
import {
  describeEventDelivery,
  describeEventPublishing,
  type EventBusHarness,
} from '../../ports/event-bus.contract.ts';
import type { BusMessage } from '../../ports/event-bus.ts';
import { counted } from '../../testing/counted.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { TOPICS } from '../../topology.ts';
import type { DeliveredMessage } from './delivered-message.ts';
import { InProcessEventBus, type InProcessEventBusOptions } from './event-bus.ts';
import { InProcessMeter } from './meter.ts';

function build(options: Partial<InProcessEventBusOptions> = {}) {
  const clock = new ManualClock(1_000);
  const meter = new InProcessMeter();
  const bus = new InProcessEventBus({
    clock,
    timers: clock,
    meter,
    log: silentLogger,
    random: () => 0,
    ...options,
  });
  return { bus, clock, counted: () => counted(meter) };
}

const message = (n: number, orderingKey?: string): BusMessage => ({
  topic: TOPICS.summarize,
  data: { n },
  ...(orderingKey === undefined ? {} : { orderingKey }),
});

const failing = async () => {
  throw new AppError('unavailable', 'down');
};

const harness: EventBusHarness = {
  create: async () => {
    const { bus } = build();
    return {
      bus,
      subscribe: async (topic, name, handler) => bus.subscribe(topic, name, handler),
      settle: () => bus.drain('skip'),
    };
  },
};
describeEventPublishing('InProcessEventBus', harness);
describeEventDelivery('InProcessEventBus', harness);

describe('InProcessEventBus', () => {
  it('delivers after the publisher has gone on, never inside publish', async () => {
    const { bus } = build();
    const seen: DeliveredMessage[] = [];
    bus.subscribe(TOPICS.summarize, 'all', async (delivered) => {
      seen.push(delivered);
    });
    await bus.publish([message(1)]);
    expect(seen).toEqual([]);
    await bus.drain();
    expect(seen).toEqual([
      {
        topic: 'memory-summarize',
        data: { n: 1 },
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        publishedAtMs: 1_000,
        attempt: 1,
      },
    ]);
  });

  it('waits longer before every redelivery, up to its maximum', async () => {
    const { bus, clock } = build({ minBackoffMs: 100, maxBackoffMs: 600, random: () => 0.5 });
    bus.subscribe(TOPICS.summarize, 'all', failing);
    await bus.publish([message(1)]);
    const waits: (readonly number[])[] = [];
    for (let attempt = 1; attempt <= 5; attempt++) {
      await bus.drain('leave');
      waits.push(clock.pendingMs);
      clock.advance(clock.pendingMs[0] ?? 0);
    }
    // Half way between 100 and 200, 400, 600, 600; nothing after the fifth attempt.
    expect(waits).toEqual([[150], [250], [350], [350], []]);
  });

  it('holds the successors of a failing message back while it waits', async () => {
    const { bus, clock } = build();
    const handled: unknown[] = [];
    bus.subscribe(TOPICS.summarize, 'all', async ({ data, attempt }) => {
      if (data['n'] === 1 && attempt === 1) throw new AppError('aborted', 'not yet');
      handled.push(data['n']);
    });
    await bus.publish([message(1, 's1'), message(2, 's1'), message(3, 's2')]);
    await bus.drain('leave');
    expect(handled).toEqual([3]);
    await bus.publish([message(4, 's1')]);
    await bus.drain('leave');
    expect(handled).toEqual([3]);
    clock.advance(100);
    await bus.drain('leave');
    expect(handled).toEqual([3, 1, 2, 4]);
  });

  it('runs no more handlers side by side than allowed, and all of those', async () => {
    const { bus } = build({ maxInFlight: 3 });
    let running = 0;
    let most = 0;
    bus.subscribe(TOPICS.summarize, 'all', async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    });
    await bus.publish(Array.from({ length: 20 }, (_, n) => message(n)));
    await bus.drain();
    expect(most).toBe(3);
  });

  it('lets a thousand messages pass a poison one', async () => {
    const { bus, counted } = build();
    const handled: unknown[] = [];
    bus.subscribe(TOPICS.summarize, 'all', async ({ data }) => {
      if (data['n'] === 0) throw new TypeError('poison');
      handled.push(data['n']);
    });
    await bus.publish(Array.from({ length: 1_001 }, (_, n) => message(n)));
    await bus.drain('leave');
    expect(handled).toHaveLength(1_000);
    await bus.drain('skip');
    expect(counted()).toEqual({
      'bus_published{topic=memory-summarize}': 1_001,
      'bus_redelivered{topic=memory-summarize}': 4,
      'bus_dead_lettered{topic=memory-summarize}': 1,
      'bus_published{topic=memory-dead-letter}': 1,
      'bus_dropped{topic=memory-dead-letter}': 1,
    });
  });

  it('does not show what an unexpected error said: it may hold memory content', async () => {
    const { bus } = build();
    const letters: DeliveredMessage[] = [];
    bus.subscribe(TOPICS.summarize, 'all', async () => {
      throw new TypeError('secret text');
    });
    bus.subscribe(TOPICS.deadLetter, 'all', async (letter) => {
      letters.push(letter);
    });
    await bus.publish([message(1)]);
    await bus.drain('skip');
    expect(letters[0]?.data['reason']).toEqual({ code: 'internal', detail: 'Unexpected failure' });
    expect(JSON.stringify(letters)).not.toContain('secret text');
  });

  it('gives a failing dead letter up instead of parking it again', async () => {
    const { bus, counted } = build();
    bus.subscribe(TOPICS.deadLetter, 'all', failing);
    await bus.publish([{ topic: TOPICS.deadLetter, data: {} }]);
    await bus.drain('skip');
    expect(counted()).toEqual({
      'bus_published{topic=memory-dead-letter}': 1,
      'bus_redelivered{topic=memory-dead-letter}': 4,
      'bus_dead_lettered{topic=memory-dead-letter}': 1,
    });
  });

  it('counts and drops what nobody subscribes to', async () => {
    const { bus, counted } = build();
    await bus.publish([message(1), message(2)]);
    expect(counted()).toEqual({
      'bus_published{topic=memory-summarize}': 2,
      'bus_dropped{topic=memory-summarize}': 2,
    });
  });

  it('accepts nothing more for a subscription with too long a queue', async () => {
    const { bus } = build({ maxPending: 2 });
    bus.subscribe(TOPICS.summarize, 'all', async () => {});
    await bus.publish([message(1), message(2)]);
    await expect(bus.publish([message(3)])).rejects.toMatchObject({ code: 'unavailable' });
    await bus.drain();
    await bus.publish([message(3)]);
  });

  it('refuses a second subscription of the same name', () => {
    const { bus } = build();
    bus.subscribe(TOPICS.summarize, 'all', async () => {});
    expect(() => bus.subscribe(TOPICS.summarize, 'all', async () => {})).toThrow(TypeError);
  });

  describe('drain', () => {
    it('waits for what handlers publish', async () => {
      const { bus } = build();
      const seen: unknown[] = [];
      bus.subscribe(TOPICS.summarize, 'all', async ({ data }) => {
        if (data['n'] !== 3) await bus.publish([message(Number(data['n']) + 1)]);
        seen.push(data['n']);
      });
      await bus.publish([message(1)]);
      await bus.drain();
      expect(seen).toEqual([1, 2, 3]);
    });

    it('waits for redeliveries unless told otherwise', async () => {
      const { bus, clock } = build();
      let handled = 0;
      bus.subscribe(TOPICS.summarize, 'all', async ({ attempt }) => {
        if (attempt === 1) throw new AppError('aborted', 'not yet');
        handled++;
      });
      await bus.publish([message(1)]);
      let isDrained = false;
      const drained = bus.drain().then(() => {
        isDrained = true;
      });
      await bus.drain('leave');
      expect([isDrained, handled]).toEqual([false, 0]);
      clock.advance(100);
      await drained;
      expect(handled).toBe(1);
    });

    it('skips only the waits that it is there for', async () => {
      const { bus, clock } = build();
      bus.subscribe(TOPICS.summarize, 'all', failing);
      await bus.publish([message(1)]);
      await bus.drain('skip');
      await bus.publish([message(2)]);
      await bus.drain('leave');
      expect(clock.pendingMs).toEqual([100]);
    });

    it('resolves at once when there is nothing to deliver', async () => {
      const { bus } = build();
      await bus.drain();
      await bus.drain('skip');
    });
  });

  describe('close', () => {
    it('ends what runs, starts nothing more, says what it gives up and refuses to publish', async () => {
      const warnings: unknown[] = [];
      const log: Logger = { ...silentLogger, warning: (_text, fields) => warnings.push(fields) };
      const { bus } = build({ maxInFlight: 1, log });
      const seen: string[] = [];
      bus.subscribe(TOPICS.summarize, 'all', async ({ data }) => {
        seen.push(`begin ${data['n']}`);
        await new Promise((resolve) => setImmediate(resolve));
        seen.push(`end ${data['n']}`);
      });
      await bus.publish([message(1), message(2), message(3)]);
      await new Promise((resolve) => setImmediate(resolve));
      await bus.close();
      expect(seen).toEqual(['begin 1', 'end 1']);
      expect(warnings).toEqual([{ undelivered: 2 }]);
      await expect(bus.publish([message(4)])).rejects.toMatchObject({ code: 'unavailable' });
      await bus.drain();
    });

    it('leaves no timer behind', async () => {
      const { bus, clock } = build();
      bus.subscribe(TOPICS.summarize, 'all', failing);
      await bus.publish([message(1)]);
      await bus.drain('leave');
      expect(clock.pendingMs).toHaveLength(1);
      await bus.close();
      expect(clock.pendingMs).toEqual([]);
    });

    it('leaves no timer behind for a handler that fails while closing', async () => {
      const { bus, clock } = build();
      bus.subscribe(TOPICS.summarize, 'all', async () => {
        await new Promise((resolve) => setImmediate(resolve));
        throw new AppError('unavailable', 'down');
      });
      await bus.publish([message(1)]);
      await new Promise((resolve) => setImmediate(resolve));
      await bus.close();
      expect(clock.pendingMs).toEqual([]);
    });
  });
});
