import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PubSub } from '@google-cloud/pubsub';
import { describe, expect, it, onTestFinished } from 'vitest';
import { reportMissing } from '../tooling/missing.ts';
import { freePort, startNode } from './child.ts';
import { ensureTopology } from './ensure-topology.ts';
import { removeDir, startTestStack, until } from './test-stack.ts';

const FRAMEWORK = createRequire(import.meta.url)
  .resolve('@google-cloud/functions-framework')
  .replace(/index\.js$/, 'main.js');
const JSON_HEADERS = { 'content-type': 'application/json' };
const emulator = process.env['PUBSUB_EMULATOR_HOST'];

const item = (content: string) => ({ content, contentType: 'user_message' });

async function newDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'strata-deliveries-'));
  onTestFinished(() => removeDir(dir));
  return dir;
}

/** Our topics in a project of their own; what is pushed goes to one address, whichever function. */
async function newProject(url = 'http://127.0.0.1:1'): Promise<PubSub> {
  const pubsub = new PubSub({ projectId: `demo-${randomUUID()}` });
  await ensureTopology(pubsub, { pushEndpointOf: () => url });
  onTestFinished(() => pubsub.close());
  return pubsub;
}

/** Everything that comes on a topic from now on. */
async function listen(pubsub: PubSub, topic: string): Promise<readonly object[]> {
  const [subscription] = await pubsub.topic(topic).createSubscription(`${topic}-of-test`);
  const seen: object[] = [];
  subscription.on('message', ({ data, ack }) => {
    seen.push(JSON.parse(data.toString()));
    ack();
  });
  onTestFinished(() => subscription.close());
  return seen;
}

/**
 * Hands each push on to the next of several instances, and tells Pub/Sub that it failed, as often as
 * told: the instance dies between its effect and the acknowledgement.
 */
async function startLossyPush(targets: readonly string[], losses: number) {
  const statuses: number[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const target = targets[statuses.length % targets.length];
    const body = Buffer.concat(chunks);
    const { status } = await fetch(`${target}/ingest-items`, {
      method: 'POST',
      headers: JSON_HEADERS,
      body,
    });
    statuses.push(status);
    response.writeHead(statuses.length <= losses ? 500 : status).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new TypeError('has no port');
  return { url: `http://127.0.0.1:${address.port}`, statuses };
}

if (emulator) {
  describe('messages on Pub/Sub', () => {
    it('are all sent when the function answers: it may be frozen or ended then', async () => {
      const pubsub = await newProject();
      const facts = await listen(pubsub, 'memory-events');
      const commands = await listen(pubsub, 'memory-summarize');
      const port = await freePort();
      const child = startNode([FRAMEWORK, '--target=write-items'], {
        ...{ FUNCTION_TARGET: 'write-items', PORT: String(port), STRATA_DATA_DIR: await newDir() },
        ...{ STRATA_STORE: 'sqlite', PUBSUB_EMULATOR_HOST: emulator },
        ...{ GOOGLE_CLOUD_PROJECT: pubsub.projectId, METADATA_SERVER_DETECTION: 'none' },
      });
      onTestFinished(() => void child.process.kill('SIGKILL'));
      const items = Array.from({ length: 30 }, (_, n) => item(`Message ${n}`));
      const body = JSON.stringify({ userId: 'u1', sessionId: 's1', items });
      const init = { method: 'POST', headers: JSON_HEADERS, body };
      const { status } = await until('the answer', () =>
        fetch(`http://127.0.0.1:${port}/`, init).catch(() => undefined),
      );
      child.process.kill('SIGKILL');
      expect(status).toBe(201);
      await until('the fact and the command', async () => facts.length * commands.length > 0);
      expect(facts).toMatchObject([{ version: 1, type: 'item.appended', fromSeq: 1, toSeq: 30 }]);
      expect(commands).toEqual([{ version: 1, userId: 'u1', sessionId: 's1' }]);
    });

    it('take effect once and in order, however often instances die before they acknowledge', async () => {
      const dataDir = await newDir();
      const [first, second] = [
        await startTestStack({ dataDir }),
        await startTestStack({ dataDir }),
      ];
      onTestFinished(() => first.close());
      onTestFinished(() => second.close());
      // More often than a subscription that gives up would try.
      const push = await startLossyPush([first.url, second.url], 6);
      const pubsub = await newProject();
      // As the function's own subscription, but for its waits before a redelivery.
      const [own] = await pubsub.subscription('ingest-items').getMetadata();
      await pubsub.topic('memory-append').createSubscription('without-waits', {
        enableMessageOrdering: own?.enableMessageOrdering === true,
        ...(own?.deadLetterPolicy && { deadLetterPolicy: own.deadLetterPolicy }),
        pushEndpoint: push.url,
      });
      const topic = pubsub.topic('memory-append', { messageOrdering: true });
      for (const content of ['one', 'two', 'three']) {
        const json = { version: 1, userId: 'u1', sessionId: 's1', items: [item(content)] };
        await topic.publishMessage({ json, orderingKey: 's1' });
      }
      const contents = async (): Promise<string[]> => {
        const path = '/read-items/history?userId=u1&sessionId=s1';
        const { json } = await first.call('GET', path);
        return json.items.map(({ content }: { content: string }) => content);
      };
      await until('the last', async () => (await contents()).includes('three'), 60_000);
      expect(await contents()).toEqual(['one', 'two', 'three']);
      // Six in vain, then one for each: the first was repeated until it was acknowledged.
      expect(push.statuses.length).toBeGreaterThanOrEqual(9);
      expect(new Set(push.statuses)).toEqual(new Set([204]));
      const { json } = await second.call('GET', '/read-items/coverage?userId=u1&sessionId=s1');
      expect(json.lastSeq).toBe(3);
    });
  });
} else {
  it('needs a Pub/Sub emulator', () => reportMissing('deliveries on Pub/Sub'));
}
