import type { CloudEvent } from '@google-cloud/functions-framework';
import { beforeEach, describe, expect, it } from 'vitest';
import { InProcessDeliveryLedger } from '../../shared/adapters/in-process/delivery-ledger.ts';
import { InProcessEventBus } from '../../shared/adapters/in-process/event-bus.ts';
import { InProcessMeter } from '../../shared/adapters/in-process/meter.ts';
import { METRICS } from '../../shared/domain/metrics/catalogue.ts';
import { AppError } from '../../shared/kernel/app-error.ts';
import { DAY_MS } from '../../shared/kernel/clock.ts';
import type { JsonObject } from '../../shared/kernel/json.ts';
import { silentLogger } from '../../shared/kernel/logger.ts';
import { ManualClock } from '../../shared/testing/manual-clock.ts';
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
  let runtime: EventRuntime & { readonly bus: InProcessEventBus };
  let parked: JsonObject[];
  let ran: unknown[];
  let failures: Error[];

  beforeEach(() => {
    clock = new ManualClock(Date.UTC(2026, 0, 1));
    const meter = new InProcessMeter();
    const log = silentLogger;
    const bus = new InProcessEventBus({ clock, meter, log });
    const ledger = new InProcessDeliveryLedger(clock);
    runtime = { clock, meter, log, bus, ledger, identity: localOnly };
    parked = [];
    ran = [];
    failures = [];
    bus.subscribe('memory-dead-letter', 'test', async ({ data, attributes }) => {
      parked.push({ ...data, attributes: attributes ?? {} });
    });
  });

  const handler = () =>
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
      async () => runtime,
    );

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
    expect(parked).toEqual([]);
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

  it('parks what no retry can mend, with its reason, and acknowledges it', async () => {
    const error = new AppError('conflict', 'The key was used for something else');
    failures = [error];
    await handler()(event({ userId: 'u1', n: 1 }));
    await runtime.bus.drain();
    expect(parked).toMatchObject([
      {
        version: 1,
        function: 'ingest-items',
        messageId: 'm1',
        reason: { code: 'conflict', detail: 'The key was used for something else' },
        message: { messageId: 'm1' },
        attributes: { function: 'ingest-items', code: 'conflict', userId: 'u1' },
      },
    ]);
    expect(statuses()).toEqual(['parked 1']);
  });

  it('parks what it cannot read', async () => {
    const handle = handler();
    const push = { message: { data: 'bm90IGpzb24=', messageId: 'm7' } };
    await handle({ ...event({}), data: push });
    await handle({ ...event({}), id: '', data: { message: { data: 'e30=' } } });
    await runtime.bus.drain();
    expect(parked.map(({ messageId }) => messageId)).toEqual(['m7', '']);
    expect(ran).toEqual([]);
  });

  it('drops what comes late for an erased user, and keeps no copy of it', async () => {
    failures = [new AppError('erased', 'The user was erased')];
    await handler()(event({ userId: 'u1', content: 'gone' }));
    await runtime.bus.drain();
    expect(parked).toEqual([]);
    expect(statuses()).toEqual(['erased 1']);
  });

  it('gives an event up that still fails a day after it was published', async () => {
    failures = [new AppError('unavailable', 'down'), new AppError('unavailable', 'down')];
    const handle = handler();
    clock.advance(DAY_MS);
    await expect(handle(event({ n: 1 }))).rejects.toMatchObject({ code: 'unavailable' });
    clock.advance(1);
    await handle(event({ n: 1 }));
    await runtime.bus.drain();
    expect(parked).toHaveLength(1);
  });

  it('still runs an old event that does not fail', async () => {
    clock.advance(30 * DAY_MS);
    await handler()(event({ n: 1 }));
    expect(ran).toEqual([{ n: 1 }]);
  });
});
