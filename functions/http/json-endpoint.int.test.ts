import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Request, Response } from '@google-cloud/functions-framework';
import { expect, it, onTestFinished } from 'vitest';
import { counted } from '../../shared/testing/counted.ts';
import { memoryOfTest } from '../../shared/testing/temporary-memory.ts';
import { localOnly } from '../identity/identity.ts';
import { readItems } from '../read-items/handler.ts';
import type { Runtime } from '../runtime.ts';

/** The function `read-items` on a port, with a poll of the test's. */
async function serve(poll: Runtime['metrics']['poll'], isOpening = () => false) {
  const { system } = await memoryOfTest();
  const metrics = {
    collect: () => system.metrics.collect(),
    openMetrics: () => system.metrics.openMetrics(),
    poll,
  };
  const runtime = { ...system, identity: localOnly, metrics };
  const handler = readItems(() => (isOpening() ? Promise.resolve(runtime) : runtime));
  // The framework's requests and answers are these, with more around them that handlers do not use.
  const server: Server = createServer(
    (req, res) => void handler(req as unknown as Request, res as unknown as Response),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const call = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
  return { call, meter: system.meter };
}

it('answers when a sample that is due was taken, too: nothing may run after the answer', async () => {
  const sample = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  let polls = 0;
  const { call } = await serve(() => {
    started.resolve();
    polls += 1;
    return polls === 1 ? sample.promise : undefined;
  });
  let isAnswered = false;
  const answer = call('/sessions?userId=u1').then((response) => {
    isAnswered = true;
    return response;
  });
  await started.promise;
  // One that comes later has no sample to wait for.
  expect((await call('/sessions?userId=u1')).status).toBe(200);
  expect(isAnswered).toBe(false);
  sample.resolve();
  expect((await answer).status).toBe(200);
});

it('takes no sample with the call that opens: it waited enough, and there is nothing to tell', async () => {
  let [calls, polls] = [0, 0];
  const { call } = await serve(
    () => {
      polls += 1;
      return undefined;
    },
    () => ++calls === 1,
  );
  expect((await call('/sessions?userId=u1')).status).toBe(200);
  expect(polls).toBe(0);
  expect((await call('/sessions?userId=u1')).status).toBe(200);
  expect(polls).toBe(1);
});

it('counts calls by status, failures of ours apart, and how long each took', async () => {
  const { call, meter } = await serve(() => undefined);
  for (const path of ['/sessions?userId=u1', '/sessions?userId=u1', '/sessions', '/nothing/here']) {
    await (await call(path)).arrayBuffer();
  }
  expect(counted(meter)).toMatchObject({
    'requests{function=read-items,status=200}': 2,
    'requests{function=read-items,status=400}': 1,
    'requests{function=read-items,status=404}': 1,
    'request_duration{function=read-items}': 4,
  });
  expect(counted(meter)).not.toHaveProperty('request_errors{function=read-items}');
});
