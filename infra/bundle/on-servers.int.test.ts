import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PubSub } from '@google-cloud/pubsub';
import { expect, it } from 'vitest';
import { startMonitoringServer } from '../../shared/testing/monitoring-server.ts';
import { type FunctionName, TOPICS } from '../../shared/topology.ts';
import { freePort, startNode } from '../local/child.ts';
import { until } from '../local/test-stack.ts';
import { reportMissing } from '../tooling/missing.ts';
import { bundleFunction } from './bundle-function.ts';
import { linkFramework, START_FILE } from './layout.ts';

const { FIRESTORE_EMULATOR_HOST, PUBSUB_EMULATOR_HOST } = process.env;

if (FIRESTORE_EMULATOR_HOST && PUBSUB_EMULATOR_HOST)
  describeServing({ FIRESTORE_EMULATOR_HOST, PUBSUB_EMULATOR_HOST });
else {
  it('could not run: no emulators for bundles', () => {
    reportMissing('Bundles on Firestore, Pub/Sub and Cloud Monitoring: no emulators');
  });
}

/** What bundles leave out of the clients' messages, none of these calls needs. */
function describeServing(emulators: Readonly<Record<string, string>>): void {
  it('bundles keep items in Firestore, announce them over Pub/Sub, and send their figures', async () => {
    const root = mkdtempSync(join(tmpdir(), 'strata-served-'));
    const GOOGLE_CLOUD_PROJECT = `demo-${randomUUID().slice(0, 8)}`;
    const monitoring = await startMonitoringServer();
    const pubsub = new PubSub({ projectId: GOOGLE_CLOUD_PROJECT });
    const stops: (() => Promise<unknown>)[] = [];
    const serve = async (name: FunctionName) => {
      const dir = join(root, name);
      await bundleFunction(name, dir);
      linkFramework(dir);
      const port = await freePort();
      const child = startNode([join(dir, START_FILE), `--target=${name}`, `--source=${dir}`], {
        ...{ ...emulators, GOOGLE_CLOUD_PROJECT, FUNCTION_TARGET: name, PORT: String(port) },
        ...{ STRATA_CLOUD_MONITORING: 'true', STRATA_MONITORING_URL: monitoring.url },
        METADATA_SERVER_DETECTION: 'none',
      });
      stops.push(() => {
        child.process.kill('SIGKILL');
        return child.ended;
      });
      return async (path: string, body?: object) => {
        const init = body && {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        };
        const reply = await until(`${name} to answer`, async () => {
          if (child.process.exitCode !== null) throw new Error(child.stderr());
          return fetch(`http://127.0.0.1:${port}${path}`, init).catch(() => undefined);
        });
        const text = await reply.text();
        if (!reply.ok) throw new Error(`${name}: ${reply.status} ${text} ${child.stderr()}`);
        return JSON.parse(text);
      };
    };
    try {
      const [topic] = await pubsub.createTopic(TOPICS.events);
      const [subscription] = await topic.createSubscription('heard');
      const heard = new Promise<string>((resolve) => {
        subscription.once('message', (message) => resolve(message.data.toString()));
      });
      const [write, read, collect] = await Promise.all([
        serve('write-items'),
        serve('read-items'),
        serve('collect-metrics'),
      ]);
      const ids = { userId: 'u1', sessionId: 's1' };
      await write('/', { ...ids, content: 'Hello', contentType: 'user_message' });
      expect(await read('/context?userId=u1&sessionId=s1')).toMatchObject({
        items: [{ content: 'Hello', seq: 1 }],
      });
      expect(JSON.parse(await heard)).toMatchObject(ids);
      await collect('/', {});
      expect(monitoring.series.length).toBeGreaterThan(10);
      await subscription.close();
    } finally {
      await Promise.all(stops.map((stop) => stop()));
      await pubsub.close();
      await monitoring.close();
      rmSync(root, { recursive: true, force: true });
    }
  }, 60_000);
}
