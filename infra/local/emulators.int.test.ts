import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PubSub } from '@google-cloud/pubsub';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectFirestore } from '../../shared/adapters/firestore/connect.ts';
import { openFirestore } from '../../shared/adapters/firestore/open-firestore.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import {
  type MonitoringServer,
  startMonitoringServer,
} from '../../shared/testing/monitoring-server.ts';
import { FUNCTIONS, type FunctionName } from '../../shared/topology.ts';
import { reportMissing } from '../tooling/missing.ts';
import { CALLS } from './calls-of-functions.ts';
import { type Child, startNode } from './child.ts';
import { descendantsOf, isAlive } from './processes.ts';
import { removeDir, until as untilSoon } from './test-stack.ts';

const COMMAND = 'infra/local/emulators.ts';
const PATIENCE_MS = 90_000;
const SERVERS = ['PUBSUB_EMULATOR_HOST', 'FIRESTORE_EMULATOR_HOST', 'REDIS_URL'] as const;

/** Ten processes on two cores are slow now and then. */
const until = <T>(what: string, ask: () => Promise<T | undefined | false>): Promise<T> =>
  untilSoon(what, ask, PATIENCE_MS);

/** The servers of this test run; `undefined` where one is missing. */
function serversOfRun(): Readonly<Record<string, string>> | undefined {
  const found = SERVERS.map((name) => [name, process.env[name] ?? ''] as const);
  return found.every(([, address]) => address) ? Object.fromEntries(found) : undefined;
}

interface Stack {
  readonly url: string;
  readonly child: Child;
  /** Everything that the command started. */
  readonly started: readonly number[];
}

const stacks: Child[] = [];
async function start(env: Readonly<Record<string, string>>): Promise<Stack> {
  const child = startNode([COMMAND, '--port', '0'], { STRATA_LOG: 'error', ...env });
  stacks.push(child);
  const url = await until('the stack', async () => {
    if (child.process.exitCode !== null) throw new Error(child.stderr());
    return /listens on (http:\S+)/.exec(child.stdout())?.[1];
  });
  return { url, child, started: await descendantsOf(child.process.pid ?? 0) };
}

async function expectCleanEnd(
  { child, started }: Stack,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<void> {
  child.process.kill(signal);
  expect(await child.ended).toBe(0);
  expect(started.length).toBeGreaterThanOrEqual(8);
  expect(started.filter(isAlive)).toEqual([]);
}

afterAll(async () => {
  for (const child of stacks) {
    child.process.kill('SIGTERM');
    await child.ended;
  }
});

const servers = serversOfRun();
if (servers) {
  describe('npm run start:emulators', () => {
    const projectId = `demo-${randomUUID()}`;
    const pubsub = new PubSub({ projectId });
    let monitoring: MonitoringServer;
    let stack: Stack;
    beforeAll(async () => {
      monitoring = await startMonitoringServer();
      stack = await start({
        ...{ ...servers, GOOGLE_CLOUD_PROJECT: projectId, STRATA_PROFILING_INTERVAL: '10' },
        ...{ STRATA_CLOUD_MONITORING: 'true', STRATA_MONITORING_URL: monitoring.url },
      });
    }, PATIENCE_MS);
    afterAll(async () => {
      await pubsub.close();
      await monitoring.close();
    });

    const ask = async (method: string, path: string, body?: unknown) => {
      const response = await fetch(`${stack.url}${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      // The framework answers a failed event with plain text.
      const isJson = /json/.test(response.headers.get('content-type') ?? '');
      return { status: response.status, json: isJson ? JSON.parse(text) : undefined };
    };
    const publish = (data: unknown, orderingKey?: string): Promise<string> => {
      const topic = pubsub.topic('memory-append', { messageOrdering: orderingKey !== undefined });
      return topic.publishMessage({ json: data, ...(orderingKey && { orderingKey }) });
    };
    const item = (content: string) => ({ content, contentType: 'user_message' });
    const say = (userId: string, sessionId: string, ...items: readonly object[]) =>
      ask('POST', '/write-items', { userId, sessionId, items });
    const contentsOf = async (userId: string, sessionId: string): Promise<string[]> => {
      const path = `/read-items/history?userId=${userId}&sessionId=${sessionId}&limit=500`;
      const { json } = await ask('GET', path);
      return json.items.map(({ content }: { content: string }) => content);
    };

    it('has every function behind one port, on healthy stores', async () => {
      const { status, json } = await ask('GET', '/read-items/healthz');
      expect({ status, json }).toEqual({
        status: 200,
        json: { status: 'ok', stores: { durable: 'ok', hot: 'ok' } },
      });
      expect((await ask('GET', '/')).json.functions).toHaveLength(8);
    });

    it('refuses an append that is more than the emulator takes at once, and writes nothing', async () => {
      const noise = () => item(randomBytes(180_000).toString('base64'));
      const { status, json } = await say('u1', 'huge', ...Array.from({ length: 30 }, noise));
      expect(status).toBe(413);
      expect(json).toMatchObject({ code: 'payload-too-large', maxBytes: 4_194_304 });
      expect(json.detail).toContain('4194304 can be written at once');
      expect(await contentsOf('u1', 'huge')).toEqual([]);
    });

    it('makes the summary that an append asked for, through Pub/Sub', async () => {
      const items = Array.from({ length: 30 }, (_, n) =>
        item(`Message ${n}: the invoice ${7_000 + n} of the garden centre is paid by Friday.`),
      );
      expect((await say('u1', 'long', ...items)).status).toBe(201);
      const summarised = await until('a summary', async () => {
        const { json } = await ask('GET', '/read-items/coverage?userId=u1&sessionId=long');
        return json.ranges.find(({ summarised }: { summarised: boolean }) => summarised);
      });
      expect(summarised).toMatchObject({ fromSeq: 1, summarised: true });
    });

    it('takes items from memory-append, once however often they are delivered', async () => {
      const data = { version: 1, userId: 'u1', sessionId: 'published', items: [item('once')] };
      const messageId = await publish(data);
      await until('the item', async () => (await contentsOf('u1', 'published')).length > 0);
      const encoded = Buffer.from(JSON.stringify(data)).toString('base64');
      const again = { message: { data: encoded, messageId }, subscription: 'again' };
      await until('the second delivery to be taken, when the first is settled', async () => {
        return (await ask('POST', '/ingest-items', again)).status === 204;
      });
      const keyed = { ...data, items: [{ ...item('twice'), idempotencyKey: 'k' }] };
      await publish(keyed, 'key');
      await publish(keyed, 'key');
      await publish({ ...data, items: [item('last')] }, 'key');
      await until('the last', async () => (await contentsOf('u1', 'published')).includes('last'));
      expect(await contentsOf('u1', 'published')).toEqual(['once', 'twice', 'last']);
    });

    it('says on memory-dead-letter what no retry can mend and why, without what it holds', async () => {
      const letters: { attributes: object; data: object }[] = [];
      const subscription = pubsub.subscription('memory-dead-letter');
      subscription.on('message', (message) => {
        letters.push({ attributes: message.attributes, data: JSON.parse(message.data.toString()) });
        message.ack();
      });
      const items = [{ content: 7 }, { content: 'nobody may keep this' }];
      const data = { version: 1, userId: 'u1', sessionId: 'bad', items };
      const messageId = await publish(data);
      await until('the letter', async () => letters.length > 0);
      await subscription.close();
      expect(letters).toEqual([
        {
          attributes: {
            function: 'ingest-items',
            topic: 'memory-append',
            code: 'invalid-argument',
            userId: 'u1',
          },
          data: {
            version: 1,
            function: 'ingest-items',
            topic: 'memory-append',
            messageId,
            reason: { code: 'invalid-argument', detail: 'The request is not valid' },
            userId: 'u1',
            sessionId: 'bad',
          },
        },
      ]);
      expect(await contentsOf('u1', 'bad')).toEqual([]);
    });

    it('keeps what was parked where an erasure takes it out, and not in a topic', async () => {
      const firestore = await connectFirestore({ projectId });
      const stored = openFirestore({ firestore, clock: systemClock });
      const lettersOf = async (userId: string) =>
        (await stored.deadLetters.list(100)).filter((letter) => letter.userId === userId);
      const data = { version: 1, userId: 'parked', sessionId: 's1', items: [{ content: 7 }] };
      await publish(data);
      await until('the letter', async () => (await lettersOf('parked')).length > 0);
      const [letter] = await lettersOf('parked');
      const encoded = Buffer.from(JSON.stringify(data)).toString('base64');
      expect(letter?.data).toMatchObject({ message: { data: encoded } });
      expect((await ask('POST', '/erase-user', { userId: 'parked' })).status).toBe(200);
      expect(await lettersOf('parked')).toEqual([]);
      stored.close();
    });

    it('brings nothing back for an erased user when an event is late', async () => {
      await say('gone', 's1', item('secret'));
      const { status, json } = await ask('POST', '/erase-user', { userId: 'gone' });
      expect(status).toBe(200);
      expect(json).toMatchObject({ items: 1, verifiedEmpty: true });
      const late = (userId: string) => ({ version: 1, userId, sessionId: 's1', ...item('late') });
      await publish(late('gone'), 'one key');
      // Of one key: when this one is there, the one before was handled.
      await publish(late('other'), 'one key');
      await until('the other', async () => (await contentsOf('other', 's1')).length > 0);
      expect(await contentsOf('gone', 's1')).toEqual([]);
      const { json: sessions } = await ask('GET', '/read-items/sessions?userId=gone&limit=10');
      expect(sessions.sessions).toEqual([]);
    });

    it('migrates many sessions over memory-migrate, side by side', async () => {
      const createdAt = new Date(Date.now() - 40 * 86_400_000).toISOString();
      const sessionIds = Array.from({ length: 201 }, (_, n) => `old-${n}`);
      for (let from = 0; from < sessionIds.length; from += 20) {
        const some = sessionIds.slice(from, from + 20);
        await Promise.all(some.map((id) => say('u2', id, { ...item('old'), createdAt })));
      }
      const { status, json } = await ask('POST', '/migrate-tiers', {});
      expect(status).toBe(200);
      expect(json).toMatchObject({ sessions: 0, remaining: 201 });
      await until('all of them to be cold', async () => {
        const path = '/read-items/sessions?userId=u2&limit=500';
        const { sessions } = (await ask('GET', path)).json;
        const cold = sessions.filter(({ tiers }: { tiers: { cold: number } }) => tiers.cold === 1);
        return cold.length === 201;
      });
      expect((await ask('POST', '/migrate-tiers', {})).json).toMatchObject({ remaining: 0 });
    });

    it('sends the figures of every function from its own process', async () => {
      const tasksOf = (name: FunctionName) =>
        monitoring.series
          .filter(({ metric }) => metric.type === 'custom.googleapis.com/strata/requests')
          .filter(({ metric }) => metric.labels['function'] === name)
          .map(({ resource }) => resource.labels['task_id']);
      await until('the calls of each to be told', async () => {
        const missing = FUNCTIONS.filter((name) => tasksOf(name).length === 0);
        for (const name of missing) {
          const [method, path, body] = CALLS[name];
          await ask(method, `/${name}${path.replace(/\/$/, '')}`, body);
        }
        return missing.length === 0;
      });
      const tasks = FUNCTIONS.map((name) => [...new Set(tasksOf(name))]);
      // One process each, and no two the same.
      expect(tasks.map(({ length }) => length)).toEqual(FUNCTIONS.map(() => 1));
      expect(new Set(tasks.flat()).size).toBe(FUNCTIONS.length);
    });

    it('leaves no process behind when it is told to stop', async () => {
      await expectCleanEnd(stack);
      expect(stack.child.stderr()).not.toContain('Warning');
    });
  });

  it('ends, and ends everything, when a function ends by itself', async () => {
    const stack = await start({ ...servers, GOOGLE_CLOUD_PROJECT: `demo-${randomUUID()}` });
    process.kill(stack.started[0] ?? 0, 'SIGKILL');
    expect(await stack.child.ended).toBe(1);
    expect(stack.child.stderr()).toMatch(/^strata: The function [a-z-]+ ended with SIGKILL/m);
    expect(stack.started.filter(isAlive)).toEqual([]);
  });

  describe('npm run start:emulators on SQLite', () => {
    let dir: string;
    beforeAll(async () => {
      dir = await mkdtemp(join(tmpdir(), 'strata-emulators-'));
    });
    afterEach(() => removeDir(dir));

    it('shares one file between all functions', async () => {
      const { FIRESTORE_EMULATOR_HOST: _, ...others } = servers;
      const stack = await start({
        ...others,
        GOOGLE_CLOUD_PROJECT: `demo-${randomUUID()}`,
        ...{ STRATA_STORE: 'sqlite', STRATA_DATA_DIR: dir },
      });
      const items = Array.from({ length: 30 }, (_, n) => ({
        content: `Message ${n}: the invoice ${7_000 + n} of the garden centre is paid by Friday.`,
        contentType: 'user_message',
      }));
      const written = await fetch(`${stack.url}/write-items`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ userId: 'u1', sessionId: 's1', items }),
      });
      expect(written.status).toBe(201);
      await until('a summary', async () => {
        const path = '/read-items/coverage?userId=u1&sessionId=s1';
        return (await (await fetch(`${stack.url}${path}`)).text()).includes('"summarised":true');
      });
      await expectCleanEnd(stack);
    });
  });

  it('starts the servers that do not run, and ends them', async () => {
    const stack = await start({}).catch((error: unknown) => String(error));
    if (typeof stack === 'string') {
      expect(stack).toContain('could be started');
      return reportMissing('emulators and a Redis of its own');
    }
    expect((await fetch(`${stack.url}/read-items/healthz`)).status).toBe(200);
    // The functions, a Redis, and two emulators.
    expect(stack.started.length).toBeGreaterThanOrEqual(11);
    await expectCleanEnd(stack, 'SIGINT'); // Ctrl-C.
  });
} else {
  it('needs emulators and a Redis', () => reportMissing('all functions on the emulators'));
}

describe('npm run start:emulators -- ', () => {
  const failure = async (child: Child): Promise<string> => {
    expect(await child.ended).toBe(1);
    expect(child.stdout()).toBe('');
    return child.stderr();
  };

  it('--help explains itself', async () => {
    const child = startNode([COMMAND, '--help'], {});
    expect(await child.ended).toBe(0);
    expect(child.stdout()).toContain('Usage: npm run start:emulators');
  });

  it.each([
    [['--prot', '1'], {}, "Unknown option '--prot'", 'See npm run start:emulators -- --help.'],
    [[], { STRATA_BUSS: 'x' }, 'STRATA_BUSS: unknown variable', 'did you mean STRATA_BUS?'],
  ])('%j with %j is refused in one line', async (args, env, ...texts) => {
    const stderr = await failure(startNode([COMMAND, ...args], env));
    for (const text of texts) expect(stderr).toContain(text);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('says at once that the port is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const address = taken.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const startedAtMs = performance.now();
    const stderr = await failure(startNode([COMMAND, '--port', String(port)], {}));
    expect(stderr).toBe(
      `strata: Port ${port} on 127.0.0.1 is in use: stop what listens there, or choose another one with --port.\n`,
    );
    expect(performance.now() - startedAtMs).toBeLessThan(10_000);
    taken.close();
  });
});
