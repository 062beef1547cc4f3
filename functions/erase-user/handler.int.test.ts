import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { http } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Embedded, openEmbedded } from '../../shared/components/embedded.ts';
import { StrataOptions } from '../../shared/options.ts';
import { localOnly } from '../identity/identity.ts';
import { eraseUser } from './handler.ts';

let dataDir: string;
let runtime: Embedded;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'strata-erase-'));
  runtime = await openEmbedded({ options: StrataOptions.parse({}), dataDir });
});
afterEach(async () => {
  await runtime.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function call(budgetMs: number, path: string, body?: object) {
  http(
    'erase-in-steps',
    eraseUser(() => ({ ...runtime, identity: localOnly }), budgetMs),
  );
  const server = getTestServer('erase-in-steps').listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    headers: { 'content-type': 'application/json', connection: 'close' },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  const json: Record<string, unknown> = JSON.parse(await response.text());
  server.close();
  return { status: response.status, json };
}

it('goes on with an erasure that ran out of time when its receipt is asked for', async () => {
  const session = { userId: 'u1', sessionId: 's1' };
  const append = {
    ...session,
    items: [{ content: 'x', contentType: 'note' }],
    startedAtMs: 0,
    isEvent: false,
  };
  await runtime.memory.append(append);

  const begun = await call(0, '/', { userId: 'u1' });
  expect(begun).toMatchObject({ status: 202, json: { status: 'erasing', verifiedEmpty: false } });
  expect(begun.json).not.toHaveProperty('completedAt');
  // Nothing is written for the user meanwhile.
  await expect(runtime.memory.append(append)).rejects.toMatchObject({ code: 'unavailable' });

  const receiptId = String(begun.json['receiptId']);
  const waiting = await call(0, `/${receiptId}`);
  expect(waiting).toMatchObject({ status: 202, json: { receiptId } });
  const done = await call(10_000, `/${receiptId}`);
  expect(done).toMatchObject({
    status: 200,
    json: { receiptId, status: 'erased', sessions: 1, items: 1, verifiedEmpty: true },
  });
  expect(await call(0, `/${receiptId}`)).toEqual(done);
});
