import { randomUUID } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThroughClient } from 'google-auth-library';
import { afterAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../functions/config.ts';
import type { JsonObject } from '../../shared/kernel/json.ts';
import { StrataOptions } from '../../shared/options.ts';
import { startCloudServer } from '../../shared/testing/cloud-server.ts';
import { FUNCTIONS } from '../../shared/topology.ts';
import { accountOf, RIGHTS } from '../deploy/accounts.ts';
import { startNode } from '../local/child.ts';
import { listen, urlAt } from '../local/listen.ts';
import { removeDir, startTestStack } from '../local/test-stack.ts';
import { applyPlan } from '../provision/apply-plan.ts';
import { openClients } from '../provision/clients.ts';
import { desiredState } from '../provision/desired-state.ts';
import { planApply } from '../provision/plan.ts';
import { reportMissing } from '../tooling/missing.ts';
import { startRedis } from '../tooling/redis-server.ts';
import { type Check, examine, type Finding } from './check.ts';
import { cloudChecks } from './cloud-checks.ts';
import { localChecks, nodeFinding } from './local-checks.ts';
import { serverChecks } from './server-checks.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map(removeDir)));
async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'strata-doctor-'));
  folders.push(dir);
  return dir;
}

async function findings(checks: readonly Check[]): Promise<Record<string, Finding>> {
  const all = await Promise.all(checks.map(async (one) => [one.name, await examine(one)] as const));
  return Object.fromEntries(all);
}
const locally = async (env: Readonly<Record<string, string>>) =>
  findings(localChecks(readConfig({ STRATA_DATA_DIR: await folder(), ...env })));

describe('this machine', () => {
  it('is well as the project comes', async () => {
    const found = await locally({});
    expect(Object.values(found).map(({ status }) => status)).toEqual(['well', 'well', 'well']);
  });

  it('needs a newer Node than one that is too old', () => {
    expect(nodeFinding('22.1.0')).toMatchObject({ status: 'fault', todo: /Use Node 24/ });
  });

  it('cannot keep data in a file that is no database', async () => {
    const STRATA_DATA_DIR = await folder();
    await writeFile(join(STRATA_DATA_DIR, 'strata.db'), 'not a database at all '.repeat(100));
    expect((await locally({ STRATA_DATA_DIR }))['Data directory']?.status).toBe('fault');
  });

  it('says what to do about a Redis that is not there', async () => {
    expect((await locally({ REDIS_URL: 'redis://127.0.0.1:1' }))['Redis']).toMatchObject({
      status: 'fault',
      what: 'Redis at 127.0.0.1:1 cannot be reached',
    });
  });

  it('warns of a Redis that evicts nothing', async () => {
    const redis = await startRedis({ args: ['--maxmemory-policy', 'noeviction'] });
    if (!redis) return reportMissing('The doctor on a real Redis: no redis-server on PATH');
    try {
      expect((await locally({ REDIS_URL: redis.url }))['Redis']).toMatchObject({
        status: 'warning',
        what: expect.stringContaining('evicts nothing'),
      });
    } finally {
      await redis.stop();
    }
  });

  it('is told on the command line, with 1 at the end when something fails', async () => {
    const env = { STRATA_DATA_DIR: await folder() };
    const good = startNode(['infra/doctor/main.ts'], env);
    expect(await good.ended).toBe(0);
    expect(good.stdout()).toContain('Nothing fails.');
    const bad = startNode(['infra/doctor/main.ts'], { ...env, REDIS_URL: 'redis://127.0.0.1:1' });
    expect(await bad.ended).toBe(1);
    expect(bad.stdout()).toContain('FAIL  Redis: ');
  });
});

describe('a server', () => {
  it('that runs is well, and one that does not is not', async () => {
    const stack = await startTestStack();
    folders.push(stack.dataDir);
    expect(await findings(serverChecks(stack.url))).toMatchObject({
      Server: { status: 'well' },
      Clock: { status: 'well' },
    });
    await stack.close();
    expect((await findings(serverChecks(stack.url)))['Server']).toMatchObject({ status: 'fault' });
  });

  it('with another time than ours is told to set its clock', async () => {
    const server = createServer((_req, res) => {
      res.setHeader('date', new Date(Date.now() - 60_000).toUTCString());
      res.end('{"status":"ok"}');
    });
    const url = urlAt('127.0.0.1', await listen(server, '127.0.0.1', 0));
    const found = await findings(serverChecks(url));
    expect(found['Clock']).toMatchObject({ status: 'fault', what: /differs.* by 6\d s/ });
    server.close();
    server.closeAllConnections();
  });
});

if (process.env['PUBSUB_EMULATOR_HOST']) describeCloud();
else {
  it('could not run: no Pub/Sub emulator for the doctor of a deployment', () => {
    reportMissing('The doctor of a deployment: PUBSUB_EMULATOR_HOST is not set');
  });
}

function describeCloud(): void {
  it('looks at a deployment: what is missing, open, and given up', async () => {
    const cloud = await startCloudServer();
    const status = new Map([['erase-user', 404]]);
    const functions = createServer((req, res) => {
      res.writeHead(status.get((req.url ?? '').slice(1)) ?? 403).end();
    });
    const url = urlAt('127.0.0.1', await listen(functions, '127.0.0.1', 0));
    const authClient = new PassThroughClient();
    const rest = {
      ...{ apiEndpoint: '127.0.0.1', port: cloud.port, fallback: true, protocol: 'http' },
      authClient,
    } as const;
    const projectId = `demo-${randomUUID().slice(0, 8)}`;
    const place = { projectId, region: 'europe-west1', database: '(default)', timeZone: 'Etc/UTC' };
    const host = `http://127.0.0.1:${cloud.port}`;
    const endpoints = { scheduler: rest, admin: rest, host };
    const clients = await openClients({ projectId, requests: authClient, endpoints });
    const options = StrataOptions.parse({});
    const memberOf = (account: string) =>
      `serviceAccount:${account}@${projectId}.iam.gserviceaccount.com`;
    const urlOf = (name: string) => `${url}/${name}`;
    const checks = cloudChecks({ clients, place, options, urlOf });
    const look = () => findings(checks);
    const lookAt = async (name: string) =>
      (await findings(checks.filter((check) => check.name === name)))[name];
    try {
      const before = await look();
      expect(before['Provisioning']).toMatchObject({
        status: 'fault',
        todo: `npm run provision -- --project ${projectId} --region europe-west1`,
      });
      expect(before['Firestore rules']).toMatchObject({
        status: 'fault',
        what: 'were never released',
        todo: `npm run provision -- --project ${projectId} --region europe-west1`,
      });
      expect(before['Function erase-user']).toMatchObject({
        status: 'fault',
        what: /there is none/,
      });
      expect(before['Function write-items']).toMatchObject({ status: 'well' });
      expect(before['Rights']).toMatchObject({
        status: 'fault',
        what: 'strata-write-items has not roles/datastore.user, and 24 more are missing',
      });
      expect(before['Redis']).toMatchObject({ status: 'well', what: /^none/ });
      expect(before['Clock']?.status).toBe('well');
      const plan = await planApply(desiredState(clients, place, options));
      await applyPlan(plan, { projectId, say: () => undefined });
      status.set('read-items', 200);
      await clients.publisher.publish({
        topic: `projects/${projectId}/topics/memory-dead-letter`,
        messages: [{ data: Buffer.from('{}') }],
      });
      const after = await look();
      expect(after['Provisioning']?.status).toBe('well');
      expect(after['Firestore rules']?.status).toBe('well');
      expect(after['Firestore indexes']).toMatchObject({ status: 'well', what: '10 are ready' });
      const open = 'service cloud.firestore { match /{all=**} { allow read; } }';
      const rulesetName = `projects/${projectId}/rulesets/r1`;
      cloud.put(`projects/${projectId}/releases/cloud.firestore`, { rulesetName });
      cloud.put(rulesetName, { source: { files: [{ name: 'a', content: open }] } });
      expect(await lookAt('Firestore rules')).toMatchObject({
        status: 'warning',
        what: 'are not ours',
      });
      cloud.put(rulesetName, {
        source: { files: [{ name: 'a', content: `// managed-by: strata\n${open}` }] },
      });
      expect(await lookAt('Firestore rules')).toMatchObject({
        status: 'fault',
        what: 'are not those of this version',
      });
      expect(after['Function read-items']).toMatchObject({ status: 'fault', what: /is open/ });
      expect(after['Dead letters']).toMatchObject({ status: 'warning', what: /^1 messages/ });
      const policy = `projects/${projectId}:getIamPolicy`;
      const bound = FUNCTIONS.flatMap((name) =>
        RIGHTS[name].map(({ role }) => ({ role, members: [memberOf(accountOf(name))] })),
      );
      cloud.put(policy, { bindings: bound });
      expect((await lookAt('Rights'))?.status).toBe('well');
      const editor = { role: 'roles/editor', members: [memberOf('strata-read-items')] };
      cloud.put(policy, { bindings: [...bound, editor] });
      expect(await lookAt('Rights')).toMatchObject({
        status: 'warning',
        todo: /remove-iam-policy-binding .*strata-read-items@.* --role=roles\/editor/,
      });
      const redis = `projects/${projectId}/locations/europe-west1/instances/strata`;
      const seen = async (instance: JsonObject) => {
        cloud.put(redis, { redisVersion: 'REDIS_7_2', state: 'READY', ...instance });
        return lookAt('Redis');
      };
      expect(await seen({})).toMatchObject({ status: 'well', what: 'REDIS_7_2, volatile-lru' });
      expect(await seen({ state: 'REPAIRING' })).toMatchObject({ status: 'warning' });
      expect(await seen({ redisConfigs: { 'maxmemory-policy': 'noeviction' } })).toMatchObject({
        status: 'warning',
        todo: /--update-redis-config=maxmemory-policy=allkeys-lru/,
      });
      const [index = ''] = [...cloud.resources.keys()].filter((one) => one.includes('/indexes/'));
      const stateOfIndex = async (state: string) => {
        cloud.put(index, { ...cloud.resources.get(index), state });
        return lookAt('Firestore indexes');
      };
      expect(await stateOfIndex('CREATING')).toMatchObject({
        status: 'warning',
        what: '1 are being built',
      });
      expect(await stateOfIndex('NEEDS_REPAIR')).toMatchObject({ status: 'fault' });
      expect(await lookAt('Dead letters')).toMatchObject({ what: /^1 messages/ });
    } finally {
      await clients.close();
      await cloud.close();
      functions.close();
      functions.closeAllConnections();
    }
  });
}
