import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GeminiReply } from '../../shared/testing/gemini-replies.ts';
import { type GeminiServer, startGeminiServer } from '../../shared/testing/gemini-server.ts';
import { type QuotingRedis, startQuotingRedis } from '../../shared/testing/quoting-redis.ts';
import { type Child, freePort, startNode } from './child.ts';
import { removeDir, until } from './test-stack.ts';

/** Stands in everything that a user says or chooses, and is looked for in everything printed. */
const MARK = 'xk7markq';
const USER = `user-${MARK}`;
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`;
const OLD = new Date(Date.now() - 40 * 86_400_000).toISOString();

const marked = (what: string) =>
  `${what} ${MARK} "quoted ${MARK}" and ${MARK}'s\n    at ${MARK} (x.js:1:1)`;
const item = (index = 0) => ({
  content: marked(`item ${index}`),
  contentType: 'user_message',
  createdAt: OLD,
  metadata: { [`key-${MARK}`]: marked('value') },
});
const toolCall = {
  content: '',
  contentType: 'tool_call',
  toolCalls: [
    { id: `call-${MARK}`, name: `tool_${MARK}`, arguments: { [MARK]: marked('argument') } },
  ],
};

interface Line {
  readonly severity: string;
  readonly time: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

let gemini: GeminiServer;
let redis: QuotingRedis;
let dataDir: string;
let child: Child;
let url: string;

/** What a service might say that repeats what it was sent. */
const echo: GeminiReply = {
  status: 400,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    error: { code: 400, status: 'INVALID_ARGUMENT', message: marked('Bad') },
  }),
};

beforeAll(async () => {
  [gemini, redis, dataDir] = await Promise.all([
    startGeminiServer(),
    startQuotingRedis(),
    mkdtemp(join(tmpdir(), 'strata-logs-')),
  ]);
  gemini.script(echo);
  await writeFile(join(dataDir, 'account.json'), JSON.stringify(serviceAccount()));
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  child = startNode(['infra/local/serve.ts'], {
    PORT: String(port),
    STRATA_DATA_DIR: dataDir,
    STRATA_LOG: 'info',
    STRATA_ALERT_THRESHOLDS:
      '{"process.rssBytes":{"warning":1,"critical":2},"no.such":{"warning":1,"critical":2}}',
    STRATA_ALERT_PENDING_SAMPLES: '1',
    STRATA_GEMINI_PROJECT: 'a-project',
    STRATA_GEMINI_SDK: 'genai',
    REDIS_URL: redis.url,
    GOOGLE_VERTEX_BASE_URL: `http://${gemini.host}`,
    GOOGLE_APPLICATION_CREDENTIALS: join(dataDir, 'account.json'),
  });
  await until('the server', async () => {
    if (child.process.exitCode !== null) throw new Error(child.stderr());
    return fetch(`${url}/read-items/healthz`).catch(() => undefined);
  });
});

afterAll(async () => {
  child.process.kill('SIGKILL');
  await child.ended;
  await gemini.close();
  await redis.close();
  await removeDir(dataDir);
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

const call = (method: string, path: string, body?: unknown, headers = {}) =>
  fetch(`${url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', traceparent: TRACEPARENT, ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
const append = (sessionId: string, count: number) =>
  call('POST', '/write-items', {
    userId: USER,
    sessionId,
    items: Array.from({ length: count }, (_, index) => item(index)),
  });
const pushed = (data: unknown, messageId: string) => ({
  message: {
    data: Buffer.from(typeof data === 'string' ? data : JSON.stringify(data)).toString('base64'),
    messageId,
    attributes: { about: MARK },
  },
  subscription: 's',
});
const printed = () => child.stdout() + child.stderr();
const lines = (): readonly Line[] =>
  child
    .stderr()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
const said = (message: string) => lines().filter((line) => line.message === message);
const toBeSaid = (message: string) =>
  until(`the line "${message}"`, async () => said(message).length > 0, 60_000);

/** Changes the database behind the server's back, as a fault of the disk would. */
function tamper(sql: string): void {
  const db = new DatabaseSync(join(dataDir, 'strata.db'), { timeout: 10_000 });
  db.exec(sql);
  db.close();
}

describe('the log of a whole life', () => {
  it('is driven through every kind of success and failure', async () => {
    const sessionId = `session-${MARK}`;
    const query = new URLSearchParams({ userId: USER, sessionId });
    expect((await append(sessionId, 40)).status).toBe(201);
    expect(
      (await call('POST', '/write-items', { userId: USER, sessionId, items: [toolCall] })).status,
    ).toBe(201);
    await toBeSaid('The stand-in writes a summary');
    expect((await call('GET', `/read-items/context?${query}&format=openai`)).status).toBe(200);
    expect((await call('GET', `/read-items/history?${query}`)).status).toBe(200);
    expect((await call('POST', '/migrate-tiers', {})).status).toBe(200);
    expect((await call('POST', '/collect-metrics', {})).status).toBe(200);

    // What the caller did wrong.
    for (const [body, status] of [
      [`{"userId":"${MARK}", ${MARK}`, 400],
      [{ userId: USER, sessionId, [MARK]: 1 }, 400],
      [{ userId: USER, sessionId, content: marked('x'), contentType: `No ${MARK}` }, 400],
      [{ userId: USER, sessionId, format: 'openai', messages: [{ role: MARK }] }, 400],
      [{ userId: USER, sessionId, ...item(), content: MARK.repeat(40_000) }, 413],
    ] as const) {
      expect((await call('POST', '/write-items', body)).status).toBe(status);
    }
    expect((await call('GET', `/read-items/${MARK}`)).status).toBe(404);
    expect((await call('GET', `/${MARK}/${MARK}`)).status).toBe(404);
    expect((await call('GET', `/read-items/context?${query}&${MARK}=1`)).status).toBe(400);

    // Events: good, twice, unreadable, refused.
    const good = pushed({ version: 1, userId: USER, sessionId, ...item() }, 'm1');
    expect((await call('POST', '/ingest-items', good)).status).toBe(204);
    expect((await call('POST', '/ingest-items', good)).status).toBe(204);
    expect((await call('POST', '/ingest-items', pushed(`{${MARK}`, 'm2'))).status).toBe(204);
    expect((await call('POST', '/ingest-items', pushed({ [MARK]: MARK }, 'm3'))).status).toBe(204);

    // Faults of the store under it.
    expect((await append(`broken-${MARK}`, 3)).status).toBe(201);
    tamper(`UPDATE sessions SET head = '{"${MARK} ' || head WHERE session_id LIKE '%broken%'`);
    const broken = new URLSearchParams({ userId: USER, sessionId: `broken-${MARK}` });
    expect((await call('GET', `/read-items/context?${broken}`)).status).toBe(500);
    expect((await call('POST', '/migrate-tiers', {})).status).toBe(200);
    tamper('ALTER TABLE items RENAME TO gone');
    expect((await append(sessionId, 1)).status).toBe(500);
    const event = pushed({ version: 1, userId: USER, sessionId, ...item() }, 'm4');
    expect((await call('POST', '/ingest-items', event)).status).toBe(500);
    tamper('ALTER TABLE gone RENAME TO items');
    // A cache that refuses cannot be emptied.
    expect((await call('POST', '/erase-user', { userId: USER })).status).toBe(503);
    expect(redis.refusals).toBeGreaterThan(0);
  });

  it.each([
    'Call handled',
    'Event handled',
    'Request failed',
    'Event parked',
    'Event failed; asking for redelivery',
    'Delivery refused',
    'The stand-in writes a summary',
    'A session was not migrated; the next run tries again',
    'Memory pressure',
    'No figure of this name: correct alertThresholds',
  ])('says "%s"', (message) => {
    expect(said(message)).not.toEqual([]);
  });

  it('is one line of JSON for an event, whoever wrote it', () => {
    for (const line of lines()) {
      expect(line).toMatchObject({
        severity: expect.stringMatching(/^(INFO|WARNING|ERROR)$/),
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        message: expect.any(String),
      });
    }
  });

  it('holds nothing that a user said, chose, or is called', () => {
    const base64 = [0, 1, 2].map((shift) =>
      Buffer.from(' '.repeat(shift) + MARK)
        .toString('base64')
        .slice(shift ? 4 : 0, -4),
    );
    for (const trace of [MARK, ...base64]) {
      expect(
        printed()
          .split('\n')
          .filter((line) => line.includes(trace)),
      ).toEqual([]);
    }
  });

  it('gives Error Reporting a stack for every error', () => {
    for (const line of lines().filter(({ severity, error }) => severity === 'ERROR' && error)) {
      expect(line['stack_trace']).toMatch(/^\w+: .*\n {4}at /);
    }
  });

  it('names the trace of a request, and of what it caused', () => {
    const causes = ['Request failed', 'Event parked', 'The stand-in writes a summary'];
    for (const line of causes.flatMap(said)) {
      expect(line).toMatchObject({ 'logging.googleapis.com/trace': TRACE });
    }
    const functions = said('Event handled').map((line) => line['logging.googleapis.com/labels']);
    expect(functions).toContainEqual({ function: 'summarize-session' });
  });
});
