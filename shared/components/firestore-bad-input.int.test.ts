import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { type DocumentReference, Firestore } from '@google-cloud/firestore';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { reportMissing } from '../../infra/tooling/missing.ts';
import { openFirestore } from '../adapters/firestore/open-firestore.ts';
import { sessionKeyOf } from '../domain/ids.ts';
import { AppError } from '../kernel/app-error.ts';
import { DAY_MS } from '../kernel/clock.ts';
import { deadlineAfter } from '../kernel/deadline.ts';
import type { Logger } from '../kernel/logger.ts';
import { countRoundTrips } from '../testing/counting-proxy.ts';
import { emulatedFirestore } from '../testing/firestore-harness.ts';
import { memoryOfTest, type TemporaryMemory, USER } from '../testing/temporary-memory.ts';
import type { Embedded } from './embedded.ts';

const DAMAGED = 'damaged';
const SOUND = 'sound';
const TIMEOUT_MS = 500;
const rules = readFileSync(new URL('../../infra/firestore.rules', import.meta.url), 'utf8');

const historyOf = async ({ memory }: Embedded, sessionId: string): Promise<string[]> => {
  const page = await memory.history({ userId: USER, sessionId, order: 'asc', limit: 100 });
  return page.items.map(({ content }) => content);
};
const contextOf = async ({ memory }: Embedded, sessionId: string): Promise<number> => {
  const query = { userId: USER, sessionId, format: 'raw', explain: false } as const;
  return (await memory.context({ ...query, tokenBudget: 4_000 })).items.length;
};
const say = ({ memory }: Embedded, sessionId: string, content: string) => {
  const items = [{ content, contentType: 'user_message' }];
  return memory.append({ userId: USER, sessionId, items, startedAtMs: Date.now(), isEvent: false });
};
/** Codes of what a session's use cases say, one after the other. */
async function codesOf(calls: readonly (() => Promise<unknown>)[]): Promise<string[]> {
  const codes: string[] = [];
  for (const call of calls) {
    codes.push(
      await call().then(
        () => 'ok',
        (error: unknown) => AppError.from(error).code,
      ),
    );
  }
  return codes;
}

/** Two sessions with a segment of six items, three warm ones and two hot ones each. */
async function fill(temp: TemporaryMemory): Promise<void> {
  const aged = (count: number, days: number) =>
    Array.from({ length: count }, (_, n) => ({
      content: `${days} days old, number ${n}`,
      contentType: 'user_message',
      createdAtMs: temp.clock.now() - days * DAY_MS,
    }));
  for (const sessionId of [DAMAGED, SOUND]) {
    await temp.append(sessionId, ...aged(6, 40), ...aged(3, 10), ...aged(2, 0));
  }
  await migrate(temp.system, temp);
}

const migrate = ({ memory }: Embedded, { clock }: TemporaryMemory) =>
  memory.migrateTiers({ dryRun: false, deadline: deadlineAfter(60_000, clock) });

const docOf = (db: Firestore, path = ''): DocumentReference =>
  db.doc(`sessions/${sessionKeyOf({ userId: USER, sessionId: DAMAGED })}${path}`);
const item = (db: Firestore) => docOf(db, '/items/0000000000000008');
const segment = (db: Firestore) => docOf(db, '/segments/0000000000000001');
const withInfo = async (ref: DocumentReference, change: object) => {
  const info = JSON.stringify({ ...JSON.parse((await ref.get()).get('info')), ...change });
  return { info, crc: crc32(info) };
};

/** What was done to one document past the stores. */
const DAMAGES: readonly [string, (db: Firestore) => Promise<DocumentReference>][] = [
  ['a head whose bytes changed', (db) => changed(docOf(db), { head: Buffer.from('{}') })],
  ['a head beside another version', (db) => changed(docOf(db), { version: 7 })],
  ['a head of an unknown codec', (db) => changed(docOf(db), { codec: 'json-lz4' })],
  ['an item whose bytes changed', (db) => changed(item(db), { body: Buffer.from('{"seq":8}') })],
  ['an item of an unknown codec', (db) => changed(item(db), { codec: 'json-lz4' })],
  ['an item under another seq', (db) => changed(item(db), { seq: 9 })],
  ['a segment whose bytes changed', (db) => changed(segment(db), { bytes: Buffer.from('x') })],
  ['a segment without bytes', (db) => changed(segment(db), { bytes: null })],
  [
    'a segment that says other seqs',
    async (db) => {
      const { info } = await withInfo(segment(db), { runs: [{ fromSeq: 2, toSeq: 7 }] });
      return changed(segment(db), { info });
    },
  ],
  [
    'a segment of an unknown codec',
    async (db) => changed(segment(db), await withInfo(segment(db), { codec: 'columns-of-2030' })),
  ],
];

/** These are told when the bytes are unpacked, which a coverage does not need. */
const CALM = ['a segment whose bytes changed', 'a segment of an unknown codec'];

async function changed(ref: DocumentReference, fields: object): Promise<DocumentReference> {
  await ref.update(fields);
  return ref;
}

function describeDamage(): void {
  const place = async () => {
    const databaseId = `bad-${randomUUID()}`;
    const errors: string[] = [];
    const log: Logger = {
      info: () => undefined,
      warning: () => undefined,
      error: (message, fields) => {
        errors.push(`${message}: ${AppError.from(fields?.['error']).code}`);
      },
    };
    const temp = await memoryOfTest({
      log,
      openStores: (clock) => openFirestore({ firestore: emulatedFirestore(databaseId), clock }),
    });
    const raw = emulatedFirestore(databaseId);
    onTestFinished(() => raw.terminate());
    return { temp, raw, errors };
  };

  it.each(DAMAGES)(
    '%s is data-loss, stops nothing else, and is not overwritten',
    async (name, damage) => {
      const { temp, raw, errors } = await place();
      await fill(temp);
      const ref = await damage(raw);
      const before = (await ref.get()).data();
      const system = await temp.open();
      const session = { userId: USER, sessionId: DAMAGED };
      const codes = await codesOf([
        () => historyOf(system, DAMAGED),
        () => say(system, DAMAGED, 'more'),
        () => contextOf(system, DAMAGED),
        () => system.memory.coverage(session),
      ]);
      // The head alone tells how long its items may be shown; without an item the head can be read.
      const isHead = name.startsWith('a head');
      expect(codes.slice(0, 3)).toEqual(
        isHead ? Array(3).fill('data-loss') : ['data-loss', 'ok', 'ok'],
      );
      expect(codes[3]).toBe(CALM.includes(name) ? 'ok' : 'data-loss');
      // What is due now would be packed together with what is damaged.
      temp.clock.advance(40 * DAY_MS);
      expect(await migrate(system, temp)).toMatchObject({ warmToCold: 5, remaining: 1 });
      expect(errors).toEqual(['A session was not migrated; the next run tries again: data-loss']);
      expect(await historyOf(system, SOUND)).toHaveLength(11);
      expect(await contextOf(system, SOUND)).toBe(11);
      expect((await say(system, SOUND, 'goes on')).session.lastSeq).toBe(12);
      expect((await ref.get()).data()).toEqual(before);
      const receipt = await system.memory.eraseUser(USER, deadlineAfter(60_000, temp.clock));
      expect(receipt).toMatchObject({ status: 'erased', verifiedEmpty: true, sessions: 2 });
      expect((await ref.get()).exists).toBe(false);
    },
  );
}

function describeReach(host: string): void {
  /** A system whose way to the emulator can be cut. */
  const throughProxy = async (isCut: boolean) => {
    const proxy = await countRoundTrips(Number(host.split(':').at(-1)));
    onTestFinished(() => proxy.close());
    if (isCut) proxy.cut(true);
    vi.stubEnv('FIRESTORE_EMULATOR_HOST', `127.0.0.1:${proxy.port}`);
    onTestFinished(() => void vi.unstubAllEnvs());
    const databaseId = `reach-${randomUUID()}`;
    const temp = await memoryOfTest({
      openStores: (clock) =>
        openFirestore({
          firestore: emulatedFirestore(databaseId),
          clock,
          timeoutMs: TIMEOUT_MS,
        }),
    });
    return { proxy, temp, system: temp.system };
  };
  const everyCall = ({ memory }: Embedded, { clock }: TemporaryMemory) => [
    () => memory.coverage({ userId: USER, sessionId: 's' }),
    () => memory.listSessions(USER, { limit: 1 }),
    () => memory.eraseUser(USER, deadlineAfter(1_000, clock)),
    () => memory.readReceipt('r'),
  ];

  it('cannot be reached at the start: says so, and works from when it can', async () => {
    const { proxy, temp, system } = await throughProxy(true);
    // Its commit may still take effect later.
    const append = () => say(system, 'late', 'one');
    const calls = [append, () => historyOf(system, 's'), ...everyCall(system, temp)];
    expect(await codesOf(calls)).toEqual(Array(6).fill('unavailable'));
    expect(await system.health()).toMatchObject({ status: 'down', stores: { durable: 'down' } });
    proxy.cut(false);
    const status = async () => (await system.health()).status;
    await expect.poll(status, { timeout: 30_000 }).toBe('ok');
    await say(system, 's', 'two');
    expect(await historyOf(system, 's')).toEqual(['two']);
  });

  it('is lost later: says so, loses nothing, and goes on when it is back', async () => {
    const { proxy, temp, system } = await throughProxy(false);
    await say(system, 's', 'one');
    proxy.cut(true);
    const append = () => say(system, 'late', 'one');
    const calls = [append, () => historyOf(system, 's'), ...everyCall(system, temp)];
    expect(await codesOf(calls)).toEqual(Array(6).fill('unavailable'));
    proxy.cut(false);
    const status = async () => (await system.health()).status;
    await expect.poll(status, { timeout: 30_000 }).toBe('ok');
    await say(system, 's', 'two');
    expect(await historyOf(system, 's')).toEqual(['one', 'two']);
  });
}

/** A project whose rules are the deployed ones: they let the service in, and nobody else. */
async function projectWithRules(host: string): Promise<string> {
  const project = `demo-${randomUUID()}`;
  const files = [{ name: 'firestore.rules', content: rules }];
  const { status } = await fetch(`http://${host}/emulator/v1/projects/${project}:securityRules`, {
    method: 'PUT',
    body: JSON.stringify({ rules: { files } }),
  });
  expect(status).toBe(200);
  return project;
}

/** A token that the emulator takes for that of a user who may do nothing. */
const tokenOf = (project: string): string =>
  [
    { alg: 'none', typ: 'JWT' },
    { iss: `https://securetoken.google.com/${project}`, aud: project, sub: 'u', user_id: 'u' },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
    .concat('.');

function describeDenial(host: string): void {
  it('denies access: says what is missing, overwrites nothing, and others go on', async () => {
    const projectId = await projectWithRules(host);
    const openFor = (headers: Readonly<Record<string, string>> = {}) =>
      memoryOfTest({
        openStores: (clock) => {
          const firestore = new Firestore({ projectId });
          firestore.settings({ customHeaders: headers });
          return openFirestore({ firestore, clock });
        },
      });
    const owner = await openFor();
    await say(owner.system, 's', 'one');
    const denied = await openFor({ Authorization: `Bearer ${tokenOf(projectId)}` });
    const { memory } = denied.system;
    const deadline = deadlineAfter(60_000, denied.clock);
    const calls = [
      () => say(denied.system, 's', 'two'),
      () => historyOf(denied.system, 's'),
      () => memory.deleteSession({ userId: USER, sessionId: 's' }),
      () => memory.eraseUser(USER, deadline),
      () => memory.migrateTiers({ dryRun: false, deadline }),
      () => denied.system.deadLetters.list(1),
    ];
    // Side by side: the client tries each read three times, for seven seconds.
    const health = denied.system.health();
    for (const answer of await Promise.allSettled(calls.map((call) => call()))) {
      expect(answer).toMatchObject({
        status: 'rejected',
        reason: {
          code: 'unavailable',
          message: expect.stringContaining('roles/datastore.user'),
        },
      });
    }
    expect(await health).toMatchObject({ status: 'down' });
    await say(owner.system, 's', 'two');
    expect(await historyOf(owner.system, 's')).toEqual(['one', 'two']);
  });
}

const emulator = process.env['FIRESTORE_EMULATOR_HOST'];
if (emulator) {
  describe('a document in Firestore that was damaged', describeDamage);
  describe('a Firestore that', () => {
    describeReach(emulator);
    describeDenial(emulator);
  });
} else {
  it('needs a Firestore emulator', () => reportMissing('bad input on Firestore'));
}
