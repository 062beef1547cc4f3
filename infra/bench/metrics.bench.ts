import domain from 'node:domain';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { HttpFunction, Request, Response } from '@google-cloud/functions-framework';
import { localOnly } from '../../functions/identity/identity.ts';
import { readItems } from '../../functions/read-items/handler.ts';
import type { Runtime } from '../../functions/runtime.ts';
import type { Embedded } from '../../shared/components/embedded.ts';
import { METRICS } from '../../shared/domain/metrics/catalogue.ts';
import type { Meter } from '../../shared/ports/meter.ts';
import { round, spreadOf, spreadOfRatio, timeInTurn } from './measure.ts';
import { fill, USER, withWorkspace } from './workspace.ts';

const ROUNDS = { rounds: 15, calls: 600 };
const PATH = `/context?userId=${USER}&sessionId=s&format=openai`;

const NO_METER: Meter = { count() {}, gauge() {}, observe() {}, series: () => [] };

/**
 * What metrics add to a hot read: a context from the cache through the function's handler, with all of
 * them and without any, inside `node:domain`, where the functions framework runs handlers.
 */
export async function metrics() {
  return withWorkspace((system) =>
    inDomain(async () => {
      await fill(system, 's', 100);
      // From now on the process is watched; that cannot be switched off call by call.
      await system.metrics.collect();
      const runtime: Runtime = { ...system, identity: localOnly };
      const bare = { ...runtime, meter: NO_METER, metrics: withoutPoll(system) };
      const measured = readItems(() => runtime);
      const unmeasured = readItems(() => bare);
      await check(measured, unmeasured);
      const { without, withAll, again } = await timeInTurn(
        {
          without: () => call(unmeasured),
          withAll: () => call(measured),
          again: () => call(unmeasured),
        },
        ROUNDS,
      );
      return {
        'hot read through the handler, p50 ms': spreadOf(without),
        'with metrics over without': spreadOfRatio(withAll, without),
        'without over without, the noise': spreadOfRatio(again, without),
        'metrics of one call, microseconds': microsecondsOf(system),
      };
    }),
  );
}

const withoutPoll = ({ metrics: collector }: Embedded): Runtime['metrics'] => ({
  collect: () => collector.collect(),
  openMetrics: () => collector.openMetrics(),
  poll: () => undefined,
});

async function call(handler: HttpFunction): Promise<number> {
  const socket = Object.defineProperty(new Socket(), 'remoteAddress', { value: '127.0.0.1' });
  const request = Object.assign(new IncomingMessage(socket), { method: 'GET', url: PATH });
  const response = new ServerResponse(request);
  // The framework's are these, with more around them that our handlers do not use.
  await handler(request as unknown as Request, response as unknown as Response);
  return response.statusCode;
}

async function check(...handlers: readonly HttpFunction[]): Promise<void> {
  for (const handler of handlers) {
    const status = await call(handler);
    if (status !== 200) throw new Error(`The read was answered with ${status}`);
  }
}

/** What every call counts, alone. */
function microsecondsOf(system: Embedded): number {
  const labels = { function: 'read-items' };
  const calls = 200_000;
  let startedAtMs = 0;
  for (const times of [calls, calls]) {
    startedAtMs = performance.now();
    for (let index = 0; index < times; index++) {
      if (system.metrics.poll()) throw new Error('A sample was due');
      system.meter.count(METRICS.requests, 1, { ...labels, status: '200' });
      system.meter.observe(METRICS.requestDuration, index % 50, labels);
    }
  }
  return round(((performance.now() - startedAtMs) * 1_000) / calls);
}

const inDomain = <T>(work: () => Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    domain.create().run(() => void work().then(resolve, reject));
  });
