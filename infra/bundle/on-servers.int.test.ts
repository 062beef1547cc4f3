import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PubSub } from '@google-cloud/pubsub';
import { afterAll, expect, it } from 'vitest';
import { success } from '../../shared/testing/gemini-replies.ts';
import { startGeminiServer } from '../../shared/testing/gemini-server.ts';
import { startMonitoringServer } from '../../shared/testing/monitoring-server.ts';
import { type FunctionName, TOPICS } from '../../shared/topology.ts';
import { freePort, startNode } from '../local/child.ts';
import { listen, stopListening, urlAt } from '../local/listen.ts';
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

/** What bundles leave out of the clients' packages, none of these calls needs. */
function describeServing(emulators: Readonly<Record<string, string>>): void {
  const root = mkdtempSync(join(tmpdir(), 'strata-served-'));
  const GOOGLE_CLOUD_PROJECT = `demo-${randomUUID().slice(0, 8)}`;
  const stops: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    await Promise.all(stops.map((stop) => stop()));
    rmSync(root, { recursive: true, force: true });
  });

  const dirs = new Map<FunctionName, Promise<string>>();
  const built = (name: FunctionName): Promise<string> => {
    const building = dirs.get(name) ?? build(name);
    dirs.set(name, building);
    return building;
  };
  async function build(name: FunctionName): Promise<string> {
    const { dir } = await bundleFunction(name, join(root, name));
    linkFramework(dir);
    return dir;
  }

  /** Calls a function that runs from its bundle. */
  async function serve(name: FunctionName, env: Readonly<Record<string, string>> = emulators) {
    const dir = await built(name);
    const port = await freePort();
    const child = startNode([join(dir, START_FILE), `--target=${name}`, `--source=${dir}`], {
      ...{ GOOGLE_CLOUD_PROJECT, FUNCTION_TARGET: name, PORT: String(port) },
      ...{ METADATA_SERVER_DETECTION: 'none', ...env },
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
      return text === '' ? {} : JSON.parse(text);
    };
  }

  it('bundles keep items in Firestore, announce them over Pub/Sub, and send their figures', async () => {
    const monitoring = await startMonitoringServer();
    const pubsub = new PubSub({ projectId: GOOGLE_CLOUD_PROJECT });
    const figures = {
      ...emulators,
      STRATA_CLOUD_MONITORING: 'true',
      STRATA_MONITORING_URL: monitoring.url,
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
        serve('collect-metrics', figures),
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
      await pubsub.close();
      await monitoring.close();
    }
  }, 60_000);

  it.each(['vertexai', 'genai'])(
    'the bundle that summarises asks Gemini with %s',
    async (sdk) => {
      const gemini = await startGeminiServer();
      const tokens = await startTokens(root);
      gemini.script(success('All parcels are due on Monday.'));
      // Firestore's emulator takes no account.
      const local = {
        STRATA_BUS: 'embedded',
        STRATA_STORE: 'sqlite',
        STRATA_DATA_DIR: join(root, sdk),
      };
      const elsewhere = join(root, 'elsewhere.cjs');
      // One of the clients goes to no other address than the service's.
      writeFileSync(
        elsewhere,
        `const { fetch } = globalThis;
      globalThis.fetch = (url, init) =>
        fetch(String(url).replace(/^https:\\/\\/[\\w.-]*aiplatform[\\w.-]*/, 'http://${gemini.host}'), init);`,
      );
      try {
        const [write, summarize, read] = await Promise.all([
          serve('write-items', local),
          serve('summarize-session', {
            ...{ ...local, STRATA_GEMINI_PROJECT: 'a-project', STRATA_GEMINI_SDK: sdk },
            ...{
              GOOGLE_APPLICATION_CREDENTIALS: tokens.account,
              NODE_OPTIONS: `--require=${elsewhere}`,
            },
          }),
          serve('read-items', local),
        ]);
        const ids = { userId: 'u1', sessionId: sdk };
        const items = Array.from({ length: 40 }, (_, index) => ({
          content: `Parcel A-${100 + index} is due on Monday at nine, and nobody else is in.`,
          contentType: 'user_message',
        }));
        await write('/', { ...ids, items });
        const data = Buffer.from(JSON.stringify({ version: 1, ...ids })).toString('base64');
        await summarize('/', {
          message: { data, messageId: sdk, attributes: {} },
          subscription: 's',
        });
        expect(gemini.requests).toHaveLength(1);
        expect(await read(`/context?userId=u1&sessionId=${sdk}`)).toMatchObject({
          summary: { text: 'All parcels are due on Monday.' },
        });
      } finally {
        await gemini.close();
        await tokens.close();
      }
    },
    60_000,
  );
}

/** Gives a token to whoever shows what lies in a file: credentials that the service's own servers don't give. */
async function startTokens(dir: string) {
  const server = createServer((_req, res) => {
    res.setHeader('content-type', 'application/json');
    const type = 'urn:ietf:params:oauth:token-type:access_token';
    const token = { access_token: 't', issued_token_type: type, token_type: 'Bearer' };
    res.end(JSON.stringify({ ...token, expires_in: 3_600 }));
  });
  const url = urlAt('127.0.0.1', await listen(server, '127.0.0.1', 0));
  const [shown, account] = [join(dir, 'shown.txt'), join(dir, 'account.json')];
  writeFileSync(shown, 'anything');
  const subject = { subject_token_type: 'urn:ietf:params:oauth:token-type:jwt', audience: '//iam' };
  const source = { token_url: `${url}/token`, credential_source: { file: shown } };
  writeFileSync(account, JSON.stringify({ type: 'external_account', ...subject, ...source }));
  return { account, close: () => stopListening(server) };
}
