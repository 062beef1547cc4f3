import { randomUUID } from 'node:crypto';
import { PassThroughClient } from 'google-auth-library';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StrataOptions } from '../../shared/options.ts';
import { type CloudServer, startCloudServer } from '../../shared/testing/cloud-server.ts';
import { SUBSCRIPTIONS, TOPICS } from '../../shared/topology.ts';
import { reportMissing } from '../tooling/missing.ts';
import { applyPlan } from './apply-plan.ts';
import { type Clients, openClients } from './clients.ts';
import { desiredState } from './desired-state.ts';
import type { Place } from './place.ts';
import { planApply, planDestroy } from './plan.ts';
import { provision } from './provision.ts';
import { showPlan } from './show-plan.ts';

if (process.env['PUBSUB_EMULATOR_HOST']) describeProvisioning();
else {
  it('could not run: no Pub/Sub emulator for provisioning', () => {
    reportMissing('Provisioning against the Pub/Sub emulator: PUBSUB_EMULATOR_HOST is not set');
  });
}

function describeProvisioning(): void {
  let server: CloudServer;
  let clients: Clients;
  let place: Place;
  const opened: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    server = await startCloudServer();
    const rest = {
      apiEndpoint: '127.0.0.1',
      port: server.port,
      fallback: true,
      protocol: 'http',
      authClient: new PassThroughClient(),
    } as const;
    const projectId = `demo-${randomUUID().slice(0, 8)}`;
    place = { projectId, region: 'europe-west1', database: '(default)', timeZone: 'Etc/UTC' };
    const host = `http://127.0.0.1:${server.port}`;
    const endpoints = { scheduler: rest, admin: rest, host };
    clients = await openClients({ projectId, requests: new PassThroughClient(), endpoints });
    opened.push(() => clients.close());
  });
  afterEach(() => server.close());
  afterAll(() => Promise.all(opened.map((close) => close())));

  const state = (options: Partial<StrataOptions> = {}) =>
    desiredState(clients, place, { ...StrataOptions.parse({}), ...options });
  const plan = (options?: Partial<StrataOptions>) => planApply(state(options));
  const said: string[] = [];
  const apply = async (options?: Partial<StrataOptions>) =>
    applyPlan(await plan(options), { projectId: place.projectId, say: (line) => said.push(line) });
  /** A plan as a reviewer reads it, whatever project it is of. */
  const shown = async (steps: ReturnType<typeof planApply>) =>
    showPlan(await steps).replaceAll(place.projectId, 'PROJECT');
  /** Without the many lines of Firestore's fields. */
  const brief = async (steps: ReturnType<typeof planApply>) =>
    (await shown(steps))
      .split('\n')
      .filter((line) => !/ (field|index|metric) /.test(line))
      .join('\n');

  describe('provisioning', () => {
    it('plans everything for a fresh project, and makes nothing by planning', async () => {
      await expect(await shown(plan())).toMatchFileSnapshot('plans/fresh.txt');
      expect(server.writes).toEqual([]);
      await expect(await shown(plan())).toMatchFileSnapshot('plans/fresh.txt');
    });

    it('has nothing to do the second time', async () => {
      await apply();
      const writes = server.writes.length;
      await expect(await shown(plan())).toMatchFileSnapshot('plans/unchanged.txt');
      await apply();
      expect(server.writes).toHaveLength(writes);
      const [topics] = await clients.publisher.listTopics({
        project: `projects/${place.projectId}`,
      });
      expect(topics).toHaveLength(Object.keys(TOPICS).length);
      const [subscriptions] = await clients.subscriber.listSubscriptions({
        project: `projects/${place.projectId}`,
      });
      expect(subscriptions).toHaveLength(SUBSCRIPTIONS.length + 1);
    });

    it('changes what is different, and only that', async () => {
      await apply();
      const name = `projects/${place.projectId}/subscriptions/ingest-items`;
      await clients.subscriber.updateSubscription({
        subscription: { name, ackDeadlineSeconds: 20 },
        updateMask: { paths: ['ack_deadline_seconds'] },
      });
      const changed = { tierMigrationInterval: 21_600 };
      await expect(await shown(plan(changed))).toMatchFileSnapshot('plans/changed.txt');
      await apply(changed);
      expect(await brief(plan(changed))).toMatch(/^0 to add, 0 to change, 0 to remove/);
      const job = `projects/${place.projectId}/locations/europe-west1/jobs/strata-migrate-tiers`;
      expect(server.resources.get(job)).toMatchObject({ schedule: '0 */6 * * *' });
    });

    it('goes on where it was stopped, and says what is done and what is left', async () => {
      server.refuse(({ path, method }) =>
        method === 'POST' && path.endsWith('/jobs')
          ? { status: 403, message: 'The caller does not have permission' }
          : undefined,
      );
      const error = await apply().catch((thrown: Error) => thrown);
      expect(String(error)).toContain('schedule strata-migrate-tiers: these credentials may not');
      expect(String(error)).toContain('--role roles/cloudscheduler.admin');
      expect(String(error)).toContain('Run the same command again: it goes on from here.');
      server.refuse(() => undefined);
      await expect(await shown(plan())).toMatchFileSnapshot('plans/half-applied.txt');
      await apply();
      expect(await brief(plan())).toMatch(/^0 to add/);
    });

    it('tries again what a quota refuses for a moment', async () => {
      let refusals = 2;
      server.refuse(({ path, method }) =>
        method === 'POST' && path.endsWith('/jobs') && refusals-- > 0
          ? { status: 429, message: 'Quota exceeded' }
          : undefined,
      );
      await apply();
      expect(await brief(plan())).toMatch(/^0 to add/);
    });

    it.each(['releases', 'jobs', 'alertPolicies', 'indexes'])(
      'makes nothing twice when the answer about one of the %s is lost',
      async (collection) => {
        let losses = 1;
        server.refuse(({ path, method }) =>
          method === 'POST' && path.endsWith(`/${collection}`) && losses-- > 0
            ? { status: 503, message: 'The service is unavailable', isDone: true }
            : undefined,
        );
        await apply();
        const made = server.writes.filter(({ path }) => path.endsWith(`/${collection}`));
        const wanted = { releases: 1, jobs: 2, alertPolicies: 9, indexes: 10 }[collection];
        expect(made).toHaveLength(wanted ?? 0);
        expect(await brief(plan())).toMatch(/^0 to add, 0 to change, 0 to remove/);
      },
    );

    it('stops between two steps when it is told to, and says what is left', async () => {
      const lines: string[] = [];
      const say = (line: string) => lines.push(line);
      const stopped = applyPlan(await plan(), {
        ...{ projectId: place.projectId, say },
        isStopped: () => lines.length === 3,
      });
      const error = String(await stopped.catch((thrown: Error) => thrown.message));
      expect(error).toMatch(/^Stopped\n3 of \d+ steps are done\. Left:\n {2}index /);
      expect(error).toContain('  dashboard Strata\nRun the same command again');
      await apply();
      expect(await brief(plan())).toMatch(/^0 to add/);
    });

    it.each([
      [
        'strata-collect-metrics',
        (id: string) => `${id}/locations/europe-west1/jobs/strata-collect-metrics`,
      ],
      ['cloud.firestore', (id: string) => `${id}/releases/cloud.firestore`],
      ['memory-append', (id: string) => `${id}/topics/memory-append`],
    ])('says so when somebody makes %s after it was planned', async (name, pathIn) => {
      const steps = await plan();
      const path = pathIn(`projects/${place.projectId}`);
      if (path.includes('/topics/')) await clients.publisher.createTopic({ name: path });
      else {
        const rulesetName = `projects/${place.projectId}/rulesets/mine`;
        const files = [{ name: 'a', content: 'service cloud.firestore { allow read; }' }];
        server.put(rulesetName, { source: { files } });
        server.put(path, { description: 'mine', rulesetName });
      }
      const applied = applyPlan(steps, { projectId: place.projectId, say: () => undefined });
      await expect(applied).rejects.toThrow(`${name}: somebody made one in the meantime`);
      expect(await brief(plan())).toContain('1 refused');
    });

    it('touches nothing that it did not make', async () => {
      const topic = `projects/${place.projectId}/topics/memory-append`;
      await clients.publisher.createTopic({ name: topic, labels: { team: 'search' } });
      const job = `projects/${place.projectId}/locations/europe-west1/jobs/strata-collect-metrics`;
      server.put(job, { description: 'mine', schedule: '0 0 * * *' });
      const text = await brief(plan());
      expect(text).toContain('! topic memory-append: is there, is different, and was not made by');
      expect(text).toContain('! schedule strata-collect-metrics: is there');
      expect(text).toContain('2 refused: nothing is changed until they are out of the way');
      await expect(apply()).rejects.toThrow('refused');
      expect(server.writes).toEqual([]);
    });

    describe('the rules of Firestore', () => {
      const release = () => `projects/${place.projectId}/releases/cloud.firestore`;
      const rulesNow = () =>
        server.resources.get(String(server.resources.get(release())?.['rulesetName']));
      /** As somebody released them before. */
      const put = (content: string) => {
        const rulesetName = `projects/${place.projectId}/rulesets/before`;
        server.put(rulesetName, { source: { files: [{ name: 'x.rules', content }] } });
        server.put(release(), { rulesetName });
      };
      const OPEN = 'service cloud.firestore { match /{all=**} { allow read; } }';

      it('are released before anything else is made', async () => {
        await apply();
        expect(server.writes.slice(0, 2).map(({ path }) => path)).toEqual([
          `projects/${place.projectId}/rulesets`,
          `projects/${place.projectId}/releases`,
        ]);
        expect(JSON.stringify(rulesNow())).toContain('allow read, write: if false;');
      });

      it('are changed where they are of another version of ours', async () => {
        put(`// managed-by: strata\n${OPEN}`);
        expect(await brief(plan())).toContain(`  ~ rules cloud.firestore
      effect: "service cloud.firestore{match /{all=**}{allow read;}}" → "clients get nothing"`);
        await apply();
        expect(JSON.stringify(rulesNow())).toContain('allow read, write: if false;');
        expect(await brief(plan())).toMatch(/^0 to add, 0 to change, 0 to remove/);
      });

      it('are left where the same ones are there in other words', async () => {
        put(`rules_version='2';// of Firebase's command line
          service cloud.firestore{match /databases/{database}/documents{
            match /{document=**}{allow read,write:if false;}}} /* closed */`);
        expect(await brief(plan())).not.toContain('rules');
      });

      it('are left, and the run refused, where others released different ones', async () => {
        put(OPEN);
        expect(await brief(plan())).toContain(
          '! rules cloud.firestore: is there, is different, and was not made by provisioning: take a database of its own with --database, or leave them with --keep-rules',
        );
        await expect(apply()).rejects.toThrow('refused');
        expect(server.writes).toEqual([]);
        const asked = { wants: 'apply', place, isDryRun: false, isSure: true } as const;
        const options = StrataOptions.parse({});
        const confirm = async () => true;
        const say = () => undefined;
        await provision({ ...asked, keepsRules: true }, { clients, options, say, confirm });
        expect(JSON.stringify(rulesNow())).toContain('allow read;');
        expect(await brief(plan())).toContain('1 refused');
      });

      it('of another database have a release of its own', async () => {
        place = { ...place, database: 'memories' };
        expect(await brief(plan())).toContain('  + rules cloud.firestore/memories\n');
        await apply();
        expect(server.resources.get(`${release()}/memories`)?.['rulesetName']).toBeDefined();
      });

      it('say who may make them', async () => {
        const refused = { status: 403, message: 'The caller does not have permission' } as const;
        server.refuse(({ path }) => (path.endsWith('/releases') ? refused : undefined));
        await expect(apply()).rejects.toThrow('--role roles/firebaserules.admin');
      });
    });

    it('does not change what the service never changes', async () => {
      await apply();
      const name = `projects/${place.projectId}/subscriptions/ingest-items`;
      await clients.subscriber.deleteSubscription({ subscription: name });
      await clients.subscriber.createSubscription({
        name,
        topic: `projects/${place.projectId}/topics/memory-append`,
        labels: { 'managed-by': 'strata' },
      });
      expect(await brief(plan())).toContain(
        '! subscription ingest-items: cannot change isOrdered: remove it and run again',
      );
    });

    it('removes what it made, and leaves the rest and the data', async () => {
      await apply();
      const other = `projects/${place.projectId}/topics/of-others`;
      await clients.publisher.createTopic({ name: other });
      const steps = await planDestroy(state());
      await expect(await shown(Promise.resolve(steps))).toMatchFileSnapshot('plans/destroy.txt');
      await applyPlan(steps, { projectId: place.projectId, say: () => undefined });
      const [topics] = await clients.publisher.listTopics({
        project: `projects/${place.projectId}`,
      });
      expect(topics.map(({ name }) => name)).toEqual([other]);
      expect(await brief(planDestroy(state()))).toMatch(/^0 to add, 0 to change, 0 to remove/);
    });
  });
}
