import { randomUUID } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { reportMissing } from '../tooling/missing.ts';
import { freePort, startNode } from './child.ts';
import { until } from './test-stack.ts';

const WRITERS = 32;
const TURNS = 2;
const SESSION = { userId: 'u1', sessionId: 's1' };
/** All of the session, wherever it is kept. */
const WHOLE = new URLSearchParams({ ...SESSION, limit: '500' });
const CONTEXT = new URLSearchParams({ ...SESSION, maxItems: '500', tokenBudget: '100000' });

interface Item {
  readonly seq: number;
  readonly content: string;
}

/** Two processes with nothing in common but one Redis and one Firestore. */
async function startTwo(servers: Readonly<Record<string, string>>): Promise<[string, string]> {
  const env = { ...servers, STRATA_FIRESTORE_DATABASE: `two-${randomUUID()}`, STRATA_LOG: 'error' };
  const start = async () => {
    const port = await freePort();
    const child = startNode(['infra/local/serve.ts'], { ...env, PORT: String(port) });
    onTestFinished(async () => {
      child.process.kill();
      await child.ended;
    });
    await until('the start', async () => {
      if (child.process.exitCode !== null) throw new Error(child.stderr());
      return child.stdout().includes('Strata listens');
    });
    return `http://127.0.0.1:${port}`;
  };
  return Promise.all([start(), start()]);
}

async function append(url: string, content: string, idempotencyKey: string): Promise<Item> {
  const items = [{ content, contentType: 'user_message', idempotencyKey }];
  const response = await fetch(`${url}/write-items`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...SESSION, items }),
  });
  const answer: { readonly items: readonly Item[] } = JSON.parse(await response.text());
  expect([200, 201]).toContain(response.status);
  return { seq: answer.items[0]?.seq ?? 0, content };
}

async function read(url: string, path: string) {
  const response = await fetch(`${url}/read-items/${path}`);
  expect(response.status).toBe(200);
  return JSON.parse(await response.text());
}

const placesOf = ({ items }: { readonly items: readonly Item[] }): Item[] =>
  items.map(({ seq, content }) => ({ seq, content }));

/** What was acknowledged by one is in every answer of the other that is asked for after it. */
async function expectSeen(url: string, written: Item): Promise<void> {
  expect(placesOf(await read(url, `context?${CONTEXT}`))).toContainEqual(written);
  expect(placesOf(await read(url, `history?${WHOLE}`))).toContainEqual(written);
  const { lastSeq } = await read(url, `coverage?${new URLSearchParams(SESSION)}`);
  expect(lastSeq).toBeGreaterThanOrEqual(written.seq);
}

async function writeOnBoth(servers: Readonly<Record<string, string>>): Promise<void> {
  const instances = await startTwo(servers);
  const write = async (writer: number) => {
    const [mine, other] = writer % 2 === 0 ? instances : [instances[1], instances[0]];
    const written: Item[] = [];
    for (let turn = 0; turn < TURNS; turn++) {
      const content = `of ${writer}, turn ${turn}`;
      const item = await append(mine, content, content);
      await expectSeen(other, item);
      // A client that lost the answer asks the other one.
      if (writer % 4 === 0) expect(await append(other, content, content)).toEqual(item);
      written.push(item);
    }
    return written;
  };
  const all = await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
  const bySeq = all.flat().toSorted((a, b) => a.seq - b.seq);
  expect(bySeq.map(({ seq }) => seq)).toEqual(
    Array.from({ length: WRITERS * TURNS }, (_, index) => index + 1),
  );
  for (const url of instances) {
    expect(placesOf(await read(url, `history?${WHOLE}`))).toEqual(bySeq);
    const coverage = await read(url, `coverage?${new URLSearchParams(SESSION)}`);
    expect(coverage).toMatchObject({ lastSeq: WRITERS * TURNS, gaps: [] });
    expect(await read(url, 'healthz')).toMatchObject({ stores: { durable: 'ok', hot: 'ok' } });
  }
}

const { REDIS_URL, FIRESTORE_EMULATOR_HOST } = process.env;
if (REDIS_URL && FIRESTORE_EMULATOR_HOST) {
  it('two processes on one Redis and one Firestore take 32 writers, and each shows at once what the other acknowledged', () =>
    writeOnBoth({ REDIS_URL, FIRESTORE_EMULATOR_HOST }));
} else {
  it('needs a Redis and a Firestore emulator', () =>
    reportMissing('two processes on one Redis and one Firestore'));
}
