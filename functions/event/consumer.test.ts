import type { CloudEvent } from '@google-cloud/functions-framework';
import { beforeEach, describe, expect, it } from 'vitest';
import { InProcessDeliveryLedger } from '../../shared/adapters/in-process/delivery-ledger.ts';
import { InProcessMeter } from '../../shared/adapters/in-process/meter.ts';
import { DeadLetterNotice } from '../../shared/domain/events.ts';
import { METRICS } from '../../shared/domain/metrics/catalogue.ts';
import { AppError } from '../../shared/kernel/app-error.ts';
import { DAY_MS } from '../../shared/kernel/clock.ts';
import { deadlineAfter } from '../../shared/kernel/deadline.ts';
import type { JsonObject } from '../../shared/kernel/json.ts';
import { silentLogger } from '../../shared/kernel/logger.ts';
import { counted } from '../../shared/testing/counted.ts';
import { ManualClock } from '../../shared/testing/manual-clock.ts';
import { memoryOfTest, type TemporaryMemory } from '../../shared/testing/temporary-memory.ts';
import { localOnly } from '../identity/identity.ts';
import { consumer, type EventRuntime } from './consumer.ts';

const event = (data: object, id = 'm1'): CloudEvent<unknown> => ({
  specversion: '1.0',
  id,
  source: '//pubsub.googleapis.com/projects/local/topics/memory-append',
  type: 'google.cloud.pubsub.topic.v1.messagePublished',
  time: '2026-01-01T00:00:00Z',
  data: { message: { messageId: id, data: Buffer.from(JSON.stringify(data)).toString('base64') } },
});

describe('consumer', () => {
  let clock: ManualClock;
  let temp: TemporaryMemory;
  let runtime: EventRuntime & { readonly meter: InProcessMeter };
  let notices: JsonObject[];
  let ran: unknown[];
  let failures: Error[];
  let polled: Promise<void>[];

  beforeEach(async () => {
    clock = new ManualClock(Date.UTC(2026, 0, 1));
    temp = await memoryOfTest({ clock });
    const ledger = new InProcessDeliveryLedger(clock);
    const { memory } = temp.system;
    const meter = new InProcessMeter();
    const polls = { poll: () => polled.shift() };
    const given = { log: silentLogger, identity: localOnly, isShared: false };
    runtime = { clock, memory, ledger, meter, metrics: polls, ...given };
    polled = [];
    notices = [];
    ran = [];
    failures = [];
    temp.system.bus.subscribe('memory-dead-letter', 'test', async ({ data, attributes }) => {
      notices.push({ ...data, attributes: attributes ?? {} });
    });
  });

  /** What was parked, newest first, once all notices were delivered. */
  const parked = async () => {
    await temp.system.bus.drain();
    return temp.system.deadLetters.list(10);
  };
  const handler = (open: () => EventRuntime | Promise<EventRuntime> = () => runtime) =>
    consumer<unknown, EventRuntime>(
      {
        name: 'ingest-items',
        decode: (data) => data,
        run: async (_runtime, payload) => {
          const failure = failures.shift();
          if (failure) throw failure;
          ran.push(payload);
        },
      },
      open,
    );

  /** `done 2`, `failed 1` … */
  const statuses = () =>
    runtime.meter
      .series()
      .filter(({ metric }) => metric === METRICS.requests)
      .map((series) => `${series.labels['status']} ${'value' in series && series.value}`);

  it('takes exactly one parameter, or the framework would wait for a callback for ever', () => {
    expect(handler()).toHaveLength(1);
  });

  it('runs a delivery once, however often it comes', async () => {
    const handle = handler();
    await handle(event({ n: 1 }));
    await handle(event({ n: 1 }));
    await handle(event({ n: 2 }, 'm2'));
    expect(ran).toEqual([{ n: 1 }, { n: 2 }]);
    expect(statuses()).toEqual(['done 2', 'duplicate 1']);
  });

  it('asks for redelivery after a failure that may pass, and then runs', async () => {
    failures = [new AppError('unavailable', 'secret: the disk of u1 is full')];
    const handle = handler();
    await expect(handle(event({ n: 1 }))).rejects.toThrow('Not done (unavailable); deliver again');
    await handle(event({ n: 1 }));
    expect(ran).toEqual([{ n: 1 }]);
    expect(await parked()).toEqual([]);
  });

  it('asks for redelivery while another attempt is running', async () => {
    let finish = () => {};
    const slow = consumer<unknown, EventRuntime>(
      {
        name: 'ingest-items',
        decode: (data) => data,
        run: () => new Promise<void>((resolve) => (finish = resolve)),
      },
      async () => runtime,
    );
    const first = slow(event({ n: 1 }));
    await new Promise((resolve) => setImmediate(resolve));
    await expect(slow(event({ n: 1 }))).rejects.toMatchObject({ code: 'aborted' });
    finish();
    await first;
    await slow(event({ n: 1 }));
  });

  it('parks what no retry can mend, whole and with its reason, and acknowledges it', async () => {
    const details = { violations: [{ path: 'n', message: 'is odd' }] };
    failures = [new AppError('conflict', 'The key was used for something else', { details })];
    const data = { userId: 'u1', sessionId: 's1', content: 'what was said' };
    await handler()(event(data));
    const encoded = Buffer.from(JSON.stringify(data)).toString('base64');
    expect(await parked()).toEqual([
      {
        topic: 'memory-append',
        data: {
          version: 1,
          function: 'ingest-items',
          reason: { code: 'conflict', detail: 'The key was used for something else', ...details },
          messageId: 'm1',
          message: { messageId: 'm1', data: encoded },
        },
        attributes: { function: 'ingest-items', code: 'conflict' },
        reason: 'conflict: The key was used for something else',
        attempts: 1,
        atMs: Date.UTC(2026, 0, 1),
        expiresAtMs: Date.UTC(2026, 0, 31),
        userId: 'u1',
      },
    ]);
    expect(statuses()).toEqual(['parked 1']);
  });

  it('says on memory-dead-letter what was parked and why, by ids alone', async () => {
    const details = { violations: [{ path: 'what was said', message: 'is unknown' }] };
    failures = [new AppError('invalid-argument', 'The request is not valid', { details })];
    await handler()(event({ userId: 'u1', sessionId: 's1', 'what was said': 'a secret' }));
    await parked();
    expect(notices).toEqual([
      {
        version: 1,
        function: 'ingest-items',
        topic: 'memory-append',
        messageId: 'm1',
        reason: { code: 'invalid-argument', detail: 'The request is not valid' },
        userId: 'u1',
        sessionId: 's1',
        attributes: {
          function: 'ingest-items',
          topic: 'memory-append',
          code: 'invalid-argument',
          userId: 'u1',
        },
      },
    ]);
    expect(DeadLetterNotice.safeParse(notices[0]).success).toBe(true);
  });

  it('parks what it cannot read', async () => {
    const handle = handler();
    const push = { message: { data: 'bm90IGpzb24=', messageId: 'm7' } };
    await handle({ ...event({}), data: push });
    const letters = await parked();
    expect(letters.map(({ data }) => data)).toMatchObject([{ messageId: 'm7', sizeBytes: 40 }]);
    expect(ran).toEqual([]);
  });

  it('runs what comes without an id, and the same bytes once', async () => {
    const handle = handler();
    const nameless = (encoded: string) => ({
      ...{ ...event({}), id: '' },
      data: { message: { data: encoded } },
    });
    await handle(nameless('eyJuIjoxfQ=='));
    await handle(nameless('eyJuIjoxfQ=='));
    await handle(nameless('eyJuIjoyfQ=='));
    expect(ran).toEqual([{ n: 1 }, { n: 2 }]);
    expect(await parked()).toEqual([]);
  });

  it('knows whose message it is, also when the rest of it is refused', async () => {
    const data = Buffer.from('{"userId":"u1","content":"\\ud83d","__proto__":1}').toString(
      'base64',
    );
    await handler()({ ...event({}), data: { message: { data, messageId: 'm8' } } });
    expect(await parked()).toMatchObject([{ userId: 'u1' }]);
  });

  it('takes for nobody what could name no user', async () => {
    const handle = handler();
    for (const [n, userId] of ['x'.repeat(257), '', 7, null].entries()) {
      failures = [new AppError('conflict', 'test')];
      await handle(event({ userId }, `m${n}`));
    }
    expect((await parked()).map((letter) => 'userId' in letter)).toEqual(Array(4).fill(false));
    expect(notices).toHaveLength(4);
  });

  it('asks for redelivery while a message cannot be kept', async () => {
    failures = [new AppError('conflict', 'test'), new AppError('conflict', 'test')];
    const handle = handler();
    const { memory } = runtime;
    runtime = {
      ...runtime,
      memory: { park: () => Promise.reject(new AppError('unavailable', 'down')) },
    };
    await expect(handle(event({ n: 1 }))).rejects.toMatchObject({ code: 'unavailable' });
    runtime = { ...runtime, memory };
    await handle(event({ n: 1 }));
    expect(await parked()).toHaveLength(1);
  });

  it('drops what comes late for an erased user, and keeps no copy of it', async () => {
    failures = [new AppError('erased', 'The user was erased')];
    await handler()(event({ userId: 'u1', content: 'gone' }));
    expect(await parked()).toEqual([]);
    expect(statuses()).toEqual(['erased 1']);
  });

  it('keeps no copy of what comes late for an erased user and could not be read', async () => {
    await temp.system.memory.eraseUser('u1', deadlineAfter(60_000, clock));
    failures = [new AppError('invalid-argument', 'test')];
    await handler()(event({ userId: 'u1', content: 7 }));
    expect(await parked()).toEqual([]);
    expect(notices).toEqual([]);
    expect(statuses()).toEqual(['erased 1']);
  });

  it('gives an event up that still fails a day after it was published', async () => {
    failures = [new AppError('unavailable', 'down'), new AppError('unavailable', 'down')];
    const handle = handler();
    clock.advance(DAY_MS);
    await expect(handle(event({ n: 1 }))).rejects.toMatchObject({ code: 'unavailable' });
    clock.advance(1);
    await handle(event({ n: 1 }));
    expect(await parked()).toHaveLength(1);
  });

  it('still runs an old event that does not fail', async () => {
    clock.advance(30 * DAY_MS);
    await handler()(event({ n: 1 }));
    expect(ran).toEqual([{ n: 1 }]);
  });

  it('counts what happened, and leaves redeliveries to the embedded bus', async () => {
    failures = [new AppError('unavailable', 'Not now'), new AppError('conflict', 'Never')];
    const handle = handler();
    await expect(handle(event({}))).rejects.toMatchObject({ code: 'unavailable' });
    await handle(event({}));
    await handle(event({}, 'm2'));
    expect(counted(runtime.meter)).toEqual({
      'requests{function=ingest-items,status=failed}': 1,
      'requests{function=ingest-items,status=parked}': 1,
      'requests{function=ingest-items,status=done}': 1,
      'request_errors{function=ingest-items}': 1,
      'request_duration{function=ingest-items}': 3,
      'bus_dead_lettered{topic=memory-append}': 1,
    });
  });

  it('counts redeliveries where Pub/Sub delivers', async () => {
    runtime = { ...runtime, isShared: true };
    failures = [new AppError('unavailable', 'Not now')];
    await expect(handler()(event({}))).rejects.toMatchObject({ code: 'unavailable' });
    await handler()(event({}));
    expect(counted(runtime.meter)).toMatchObject({ 'bus_redelivered{topic=memory-append}': 1 });
  });

  it('acknowledges when a sample that is due was taken, too', async () => {
    const sample = Promise.withResolvers<void>();
    polled = [sample.promise];
    let isAcknowledged = false;
    const handling = handler()(event({ n: 1 })).then(() => {
      isAcknowledged = true;
    });
    while (ran.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isAcknowledged).toBe(false);
    sample.resolve();
    await handling;
  });

  it('takes no sample with the delivery that opens the stores, but with the next', async () => {
    let isOpen = false;
    const handle = handler(() => {
      if (isOpen) return runtime;
      isOpen = true;
      return Promise.resolve(runtime);
    });
    polled = [Promise.resolve()];
    await handle(event({ n: 1 }));
    expect(polled).toHaveLength(1);
    await handle(event({ n: 2 }, 'm2'));
    expect(polled).toEqual([]);
  });
});
