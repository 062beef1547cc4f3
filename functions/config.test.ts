import { describe, expect, it } from 'vitest';
import { selfSigned } from '../shared/testing/self-signed.ts';
import { readConfig } from './config.ts';

const faultsOf = (env: Record<string, string>): string[] => {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    return error instanceof Error ? error.message.split('\n') : ['not an error'];
  }
};

const IN_THE_CLOUD = { K_SERVICE: 'write-items', STRATA_USER_ISSUERS: '["firebase:p"]' };

describe('readConfig', () => {
  it('has the defaults of the seed and of the local stack', () => {
    const config = readConfig({});
    expect(config).toMatchObject({ dataDir: '.strata', host: '127.0.0.1', port: 8080 });
    expect(config.options.hotTierMaxAgeDays).toBe(7);
    expect(config.options.enableCompression).toBe(true);
    expect(config.options.maxContextTokens).toBe(4000);
  });

  it('reads every option by its type', () => {
    const { options, port, dataDir } = readConfig({
      STRATA_HOT_TIER_MAX_AGE_DAYS: '0.5',
      STRATA_ENABLE_COMPRESSION: '0',
      STRATA_MAX_MEMORY_POLICY: 'volatile-lru',
      STRATA_ALERT_THRESHOLDS: '{"process.heapUsedBytes":{"warning":4e8,"critical":5e8}}',
      STRATA_DATA_DIR: '/data',
      PORT: '9000',
    });
    expect(options).toMatchObject({
      hotTierMaxAgeDays: 0.5,
      enableCompression: false,
      maxMemoryPolicy: 'volatile-lru',
      alertThresholds: { 'process.heapUsedBytes': { warning: 400_000_000, critical: 500_000_000 } },
    });
    expect({ port, dataDir }).toEqual({ port: 9000, dataDir: '/data' });
  });

  it.each([
    [{}, { kind: 'sqlite' }],
    [
      { FIRESTORE_EMULATOR_HOST: '127.0.0.1:8081' },
      { kind: 'firestore', projectId: 'demo-strata' },
    ],
    [{ GOOGLE_CLOUD_PROJECT: 'p' }, { kind: 'firestore', projectId: 'p' }],
    [{ GOOGLE_CLOUD_PROJECT: 'p', STRATA_STORE: 'sqlite' }, { kind: 'sqlite' }],
    [
      { STRATA_STORE: 'firestore', STRATA_FIRESTORE_DATABASE: 'memories' },
      { kind: 'firestore', databaseId: 'memories' },
    ],
    [IN_THE_CLOUD, { kind: 'firestore' }],
  ])('keeps everything, with %j, in %j', (env, durable) => {
    expect(readConfig(env).durable).toEqual(durable);
  });

  it('reads the key of cursors, and the one before it', () => {
    const [next, last] = ['n'.repeat(32), 'l'.repeat(512)];
    expect(readConfig({}).cursorKeys).toBeUndefined();
    expect(readConfig({ STRATA_CURSOR_KEY: next }).cursorKeys).toEqual([next]);
    expect(readConfig({ STRATA_CURSOR_KEY: `${next}, ${last}` }).cursorKeys).toEqual([next, last]);
  });

  it.each([
    'n'.repeat(31),
    'n'.repeat(513),
    `${'n'.repeat(32)},`,
    `${'n'.repeat(32)},short`,
    `${'n'.repeat(20)} ${'n'.repeat(20)}`,
    Array(3).fill('n'.repeat(32)).join(','),
  ])('refuses as a key of cursors, and does not repeat: %s', (key) => {
    const [fault = ''] = faultsOf({ STRATA_CURSOR_KEY: key });
    expect(fault).toMatch(/^STRATA_CURSOR_KEY: expected one or two keys of 32 to 512 characters/);
    expect(fault).not.toContain('nnnn');
  });

  it('refuses SQLite in the cloud, where its file ends with the instance', () => {
    expect(faultsOf({ K_SERVICE: 'write-items', STRATA_STORE: 'sqlite' })).toEqual([
      'STRATA_STORE: expected firestore in the cloud, where a file ends with its instance, found "sqlite"',
    ]);
    expect(faultsOf({ STRATA_STORE: 'postgres' })).toEqual([
      'STRATA_STORE: expected one of sqlite, firestore, found "postgres"',
    ]);
  });

  it.each([
    [{}, { kind: 'embedded' }],
    [{ PUBSUB_EMULATOR_HOST: '127.0.0.1:8085' }, { kind: 'pubsub', projectId: 'demo-strata' }],
    [{ GOOGLE_CLOUD_PROJECT: 'p' }, { kind: 'pubsub', projectId: 'p' }],
    [{ GOOGLE_CLOUD_PROJECT: 'p', STRATA_BUS: 'embedded' }, { kind: 'embedded' }],
    [{ STRATA_BUS: 'pubsub' }, { kind: 'pubsub' }],
    [IN_THE_CLOUD, { kind: 'pubsub' }],
  ])('publishes, with %j, to %j', (env, bus) => {
    expect(readConfig(env).bus).toEqual(bus);
  });

  it('refuses the embedded bus in the cloud, where nobody hears it', () => {
    expect(faultsOf({ K_SERVICE: 'write-items', STRATA_BUS: 'embedded' })).toEqual([
      'STRATA_BUS: expected pubsub in the cloud, where functions reach each other no other way, found "embedded"',
    ]);
  });

  it('does not start in the cloud without knowing who calls', () => {
    expect(faultsOf({ K_SERVICE: 'write-items' })).toEqual([
      'STRATA_USER_ISSUERS or STRATA_SERVICE_ACCOUNTS: expected one of them in the cloud, where others than this machine call, found ""',
    ]);
    expect(readConfig({}).identity).toBeUndefined();
    expect(readConfig(IN_THE_CLOUD).identity?.userIssuers).toHaveLength(1);
  });

  it('knows what each service account was named for', () => {
    const { identity } = readConfig({
      STRATA_SERVICE_ACCOUNTS: 'a@p.example, b@p.example',
      STRATA_PUBSUB_ACCOUNTS: 'b@p.example',
      STRATA_SERVICE_AUDIENCE: 'https://a.example,https://b.example',
    });
    expect(identity?.dutiesOf('a@p.example')).toEqual(['any-user']);
    expect(identity?.dutiesOf('b@p.example')).toEqual(['any-user', 'pubsub']);
    expect(identity?.dutiesOf('c@p.example')).toEqual([]);
    expect(identity?.services).toEqual({
      issuer: 'https://accounts.google.com',
      audience: ['https://a.example', 'https://b.example'],
      trustsPlatform: false,
    });
  });

  it('refuses service accounts whose tokens nobody could check', () => {
    expect(faultsOf({ STRATA_SERVICE_ACCOUNTS: 'a@p.example' })).toEqual([
      'STRATA_SERVICE_AUDIENCE: expected the addresses that service accounts ask tokens for, or STRATA_TRUST_IAM=true behind Cloud Run, found ""',
    ]);
    const faults = faultsOf({ STRATA_USER_ISSUERS: '["facebook:1"]' });
    expect(faults).toEqual([expect.stringMatching(/^STRATA_USER_ISSUERS: expected a JSON list/)]);
  });

  it('calls the Gemini of GOOGLE_CLOUD_PROJECT when it is told to, and not otherwise', () => {
    const of = (env: Record<string, string>) => {
      const { summarizer, geminiProject } = readConfig(env).options;
      return { summarizer, geminiProject };
    };
    const GOOGLE_CLOUD_PROJECT = 'from-env';
    expect(of({ GOOGLE_CLOUD_PROJECT })).toEqual({ summarizer: 'auto', geminiProject: '' });
    expect(of({ GOOGLE_CLOUD_PROJECT, STRATA_SUMMARIZER: 'gemini' })).toEqual({
      summarizer: 'gemini',
      geminiProject: 'from-env',
    });
    expect(
      of({ GOOGLE_CLOUD_PROJECT, STRATA_SUMMARIZER: 'gemini', STRATA_GEMINI_PROJECT: 'own' }),
    ).toEqual({ summarizer: 'gemini', geminiProject: 'own' });
  });

  it('stops the start when Gemini is wanted without a project', () => {
    expect(faultsOf({ STRATA_SUMMARIZER: 'gemini' })).toEqual([
      'STRATA_GEMINI_PROJECT: expected a Google Cloud project for STRATA_SUMMARIZER=gemini, here or in GOOGLE_CLOUD_PROJECT, found ""',
    ]);
  });

  it('takes a blank variable as missing', () => {
    expect(readConfig({ STRATA_WARM_TIER_MAX_AGE_DAYS: '  ', PORT: '' })).toMatchObject({
      port: 8080,
      options: { warmTierMaxAgeDays: 30 },
    });
  });

  it('reports all faults at once, each with what was expected and found', () => {
    expect(
      faultsOf({
        STRATA_MAX_CONTEXT_ITEMS: 'many',
        STRATA_HOT_TIER_MAX_AGE_DAYS: '-1',
        STRATA_ENABLE_COMPRESSION: 'yes please',
        STRATA_MAX_MEMORY_POLICY: 'lru',
        STRATA_ALERT_THRESHOLDS: '{"x":{"warning":1}}',
        PORT: '8080.5',
      }),
    ).toEqual([
      'STRATA_HOT_TIER_MAX_AGE_DAYS: expected a number from 0 up to 36500 (days), found "-1"',
      'STRATA_ENABLE_COMPRESSION: expected true or false, found "yes please"',
      'STRATA_MAX_MEMORY_POLICY: expected one of allkeys-lru, allkeys-lfu, allkeys-random, volatile-lru, volatile-lfu, volatile-random, volatile-ttl, noeviction, found "lru"',
      'STRATA_MAX_CONTEXT_ITEMS: expected a whole number from 1 up to 500 (items), found "many"',
      'STRATA_ALERT_THRESHOLDS: expected a JSON object at x.critical: is required, found "{"x":{"warning":1}}"',
      'PORT: expected a whole number from 0 up to 65535, found "8080.5"',
    ]);
  });

  it('refuses an unknown variable of ours and suggests the nearest name', () => {
    expect(faultsOf({ STRATA_MAX_CONTEXT_TOKEN: '1', PATH: '/bin' })).toEqual([
      'STRATA_MAX_CONTEXT_TOKEN: unknown variable; did you mean STRATA_MAX_CONTEXT_TOKENS?',
    ]);
  });

  it('ignores the switches of the test run', () => {
    expect(faultsOf({ STRATA_TEST_MISSING: '/tmp/missing' })).toEqual([]);
  });

  it('reads numbers strictly', () => {
    for (const text of ['0x10', '1_000', 'Infinity', 'NaN', '1,5'])
      expect(faultsOf({ STRATA_TIER_MIGRATION_INTERVAL: text })).toHaveLength(1);
  });

  it('takes the hot tier out of this process where REDIS_URL names a Redis', () => {
    expect(readConfig({ REDIS_URL: ' ' }).redis).toBeUndefined();
    expect(readConfig({ REDIS_URL: 'redis://10.0.0.3:6379' }).redis).toEqual({
      redisUrl: 'redis://10.0.0.3:6379',
      isCluster: false,
    });
    const env = { STRATA_REDIS_CLUSTER: 'true', STRATA_REDIS_PREFIX: 'strata-eu' };
    expect(readConfig({ REDIS_URL: 'rediss://:pw@cache:6378', ...env }).redis).toEqual({
      redisUrl: 'rediss://:pw@cache:6378',
      isCluster: true,
      redisPrefix: 'strata-eu',
    });
  });

  it('refuses what is no address of a Redis, without showing its password', () => {
    expect(faultsOf({ REDIS_URL: 'http://:secret@cache:6379' })).toEqual([
      'REDIS_URL: expected an address, redis://… or rediss://…, found "http://…@cache:6379"',
    ]);
  });

  it('reads the authority of Redis at the start, and refuses what is none', () => {
    const url = { REDIS_URL: 'rediss://10.0.0.3:6378' };
    const { cert } = selfSigned();
    expect(readConfig({ ...url, STRATA_REDIS_CA: cert }).redis).toMatchObject({
      redisCa: cert.trim(),
    });
    expect(faultsOf({ ...url, STRATA_REDIS_CA: '/nowhere/ca.pem' })).toEqual([
      'STRATA_REDIS_CA: expected certificates as PEM text, or the path of a file with them; there is no file /nowhere/ca.pem',
    ]);
  });

  it('keeps figures and profiles to itself unless a variable says otherwise', () => {
    const env = { GOOGLE_CLOUD_PROJECT: 'p1' };
    expect(readConfig(env)).toMatchObject({ projectId: 'p1' });
    expect(readConfig(env).monitoring).toBeUndefined();
    expect(readConfig(env).profiler).toBeUndefined();
    const on = { ...env, STRATA_CLOUD_MONITORING: 'true', STRATA_CLOUD_PROFILER: 'true' };
    expect(readConfig(on)).toMatchObject({
      monitoring: { projectId: 'p1', namespace: 'strata', job: 'strata' },
      profiler: { projectId: 'p1', service: 'strata' },
    });
    const database = { STRATA_FIRESTORE_DATABASE: 'eu', STRATA_MONITORING_URL: 'http://host:1' };
    expect(readConfig({ ...on, ...database }).monitoring).toEqual({
      projectId: 'p1',
      namespace: 'strata-eu',
      job: 'strata',
      url: 'http://host:1',
    });
  });

  it('refuses to send anything to Google Cloud without a project', () => {
    expect(faultsOf({ STRATA_CLOUD_MONITORING: 'true' })).toEqual([
      'STRATA_CLOUD_MONITORING: expected a project in GOOGLE_CLOUD_PROJECT for it, found ""',
    ]);
    expect(faultsOf({ STRATA_CLOUD_PROFILER: 'true' })).toEqual([
      'STRATA_CLOUD_PROFILER: expected a project in GOOGLE_CLOUD_PROJECT for it, found ""',
    ]);
  });
});
