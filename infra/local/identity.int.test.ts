import { createRequire } from 'node:module';
import { base64url, exportSPKI, importJWK, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTokenIssuer, type TokenIssuer } from '../../shared/testing/token-issuer.ts';
import { freePort, startNode } from './child.ts';
import { type Reply, removeDir, startTestStack, type TestStack, until } from './test-stack.ts';

const FRAMEWORK = createRequire(import.meta.url)
  .resolve('@google-cloud/functions-framework')
  .replace(/index\.js$/, 'main.js');
const HOUR_SECONDS = 3_600;
const now = () => Math.floor(Date.now() / 1_000);

let issuer: TokenIssuer;
let stack: TestStack;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  issuer = await startTokenIssuer();
  env = {
    STRATA_USER_ISSUERS: JSON.stringify([{ issuer: issuer.issuer, audience: issuer.audience }]),
    STRATA_SERVICE_ISSUER: issuer.issuer,
    STRATA_SERVICE_AUDIENCE: issuer.audience,
    STRATA_SERVICE_ACCOUNTS: 'agent@p.iam.gserviceaccount.com',
    STRATA_SCHEDULER_ACCOUNTS: 'scheduler@p.iam.gserviceaccount.com',
    STRATA_PUBSUB_ACCOUNTS: 'pubsub@p.iam.gserviceaccount.com',
  };
  stack = await startTestStack({ env });
});
afterAll(async () => {
  await stack.close();
  await removeDir(stack.dataDir);
  await issuer.close();
});

function callAs(token: string | undefined, method: string, path: string, body?: object) {
  const headers = {
    'content-type': 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  return stack.send(method, path, { headers, ...(body && { body: JSON.stringify(body) }) });
}
const service = (name: string) => issuer.serviceToken(`${name}@p.iam.gserviceaccount.com`);
const item = (fields: object) => ({ sessionId: 's', content: 'x', contentType: 'note', ...fields });
const statusAs = async (token: string) =>
  (await callAs(token, 'GET', '/read-items/sessions')).status;
const PUSH = { message: { data: 'e30=', messageId: 'm1', attributes: {} }, subscription: 's' };

describe('an end user', () => {
  it('is the user whom the token names, said or not', async () => {
    const token = await issuer.token('alice');
    const said = item({ userId: 'alice', sessionId: 'one' });
    expect((await callAs(token, 'POST', '/write-items', said)).status).toBe(201);
    const unsaid = item({ sessionId: 'two' });
    expect((await callAs(token, 'POST', '/write-items', unsaid)).status).toBe(201);
    const { json } = await callAs(token, 'GET', '/read-items/sessions');
    expect(json.sessions.map((one: { sessionId: string }) => one.sessionId).sort()).toEqual([
      'one',
      'two',
    ]);
  });

  it.each([
    ['POST', '/write-items', item({ userId: 'alice' })],
    ['DELETE', '/write-items?userId=alice&sessionId=s', undefined],
    ['GET', '/read-items/sessions?userId=alice', undefined],
    ['GET', '/read-items/export?userId=alice', undefined],
    ['GET', '/read-items/history?userId=alice&sessionId=one', undefined],
    ['GET', '/read-items/context?userId=alice&sessionId=one', undefined],
    ['GET', '/read-items/coverage?userId=alice&sessionId=one', undefined],
    ['POST', '/erase-user', { userId: 'alice' }],
  ])('may not name another: %s %s', async (method, path, body) => {
    const reply = await callAs(await issuer.token('mallory'), method, path, body);
    expect(reply).toMatchObject({ status: 403, json: { code: 'forbidden' } });
    expect(reply.text).not.toContain('alice');
  });

  it('sees no difference between what is not his and what is not there', async () => {
    const alice = await issuer.token('alice');
    const mallory = await issuer.token('mallory');
    const appended = await callAs(alice, 'POST', '/write-items', item({ sessionId: 'three' }));
    const id: string = appended.json.items[0].id;
    const erased = await callAs(await issuer.token('bob'), 'POST', '/erase-user', {});
    const receiptId: string = erased.json.receiptId;
    const gone = `${id.split('-')[0]}-999`;
    const paths = (itemId: string, receipt: string): [string, string, object?][] => [
      ['GET', `/read-items/${itemId}`],
      ['PATCH', `/write-items/${itemId}`, { pinned: true }],
      ['DELETE', `/write-items/${itemId}`],
      ['GET', `/erase-user/${receipt}`],
    ];
    const seen = ({ status, text }: Reply, given: string) => `${status} ${text.replace(given, '')}`;
    for (const [index, [method, path, body]] of paths(id, receiptId).entries()) {
      const [, missing = ''] = paths(gone, 'nothing')[index] ?? [];
      const notHis = seen(await callAs(mallory, method, path, body), path.split('/')[2] ?? '');
      const notThere = seen(
        await callAs(mallory, method, missing, body),
        missing.split('/')[2] ?? '',
      );
      expect(notHis).toMatch(/^404 /);
      expect(notHis).toBe(notThere);
    }
    expect((await callAs(alice, 'GET', `/read-items/${id}`)).status).toBe(200);
  });

  it('may not do the operator’s work', async () => {
    const token = await issuer.token('alice');
    const calls: [string, string, object?][] = [
      ['POST', '/migrate-tiers', {}],
      ['POST', '/collect-metrics', {}],
      ['GET', '/collect-metrics/metrics'],
      ['POST', '/ingest-items', PUSH],
      ['POST', '/summarize-session', PUSH],
      ['POST', '/migrate-session', PUSH],
    ];
    for (const [method, path, body] of calls)
      expect(await callAs(token, method, path, body)).toMatchObject({
        status: 403,
        type: 'application/problem+json',
        json: { code: 'forbidden' },
      });
  });
});

describe('no token', () => {
  it.each([
    ['GET', '/read-items/sessions?userId=alice', undefined],
    ['POST', '/write-items', item({ userId: 'alice' })],
    ['POST', '/migrate-tiers', {}],
    ['POST', '/ingest-items', PUSH],
  ])('is asked for one: %s %s', async (method, path, body) => {
    const reply = await callAs(undefined, method, path, body);
    expect(reply).toMatchObject({ status: 401, json: { code: 'unauthenticated' } });
    expect(reply.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('may ask whether the service is well', async () => {
    expect((await callAs(undefined, 'GET', '/read-items/healthz')).status).toBe(200);
  });
});

describe('a token', () => {
  it('is refused when it is for somebody else, too old, too early or of nobody', async () => {
    const bad = [
      { aud: 'another-service' },
      { exp: now() - HOUR_SECONDS },
      { nbf: now() + HOUR_SECONDS },
      { sub: '' },
      { iss: 'https://elsewhere.example' },
    ];
    for (const claims of bad) {
      const reply = await callAs(await issuer.token('a', claims), 'GET', '/read-items/sessions');
      expect(reply).toMatchObject({ status: 401, json: { code: 'unauthenticated' } });
    }
  });

  it('counts a few seconds before and after its time: clocks differ', async () => {
    expect(await statusAs(await issuer.token('a', { exp: now() - 10 }))).toBe(200);
    expect(await statusAs(await issuer.token('a', { nbf: now() + 10 }))).toBe(200);
  });

  it('is refused without a signature, with a changed one, and signed with what is public', async () => {
    const good = await issuer.token('alice');
    const [header = '', payload = '', signature = ''] = good.split('.');
    const none = base64url.encode(JSON.stringify({ alg: 'none' }));
    const other = base64url.encode(
      JSON.stringify({
        ...JSON.parse(new TextDecoder().decode(base64url.decode(payload))),
        sub: 'bob',
      }),
    );
    const publicKey = await importJWK(issuer.publicKey(), 'RS256');
    if (publicKey instanceof Uint8Array) throw new TypeError('expected a key');
    const confused = await new SignJWT({ sub: 'alice', exp: now() + 60, iat: now() })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(issuer.issuer)
      .setAudience(issuer.audience)
      .sign(new TextEncoder().encode(await exportSPKI(publicKey)));
    const forged = [
      `${none}.${payload}.`,
      `${header}.${other}.${signature}`,
      `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
      `${header}.${payload}.SIGNATURE_REMOVED_BY_GOOGLE`,
      confused,
      'not-a-token',
      `${header}.${payload}`,
    ];
    expect(await statusAs(good)).toBe(200);
    for (const token of forged) expect(await statusAs(token)).toBe(401);
  });

  it('may be signed with a key that is newer than what we know, and then not with the old one', async () => {
    const own = await startTokenIssuer();
    const userIssuers = JSON.stringify([{ issuer: own.issuer, audience: own.audience }]);
    const rotating = await startTestStack({ env: { STRATA_USER_ISSUERS: userIssuers } });
    const status = async (token: string) => {
      const headers = { authorization: `Bearer ${token}` };
      return (await rotating.send('GET', '/read-items/sessions', { headers })).status;
    };
    try {
      own.setUp(false);
      const old = await own.token('alice');
      expect(await status(old)).toBe(503);
      own.setUp(true);
      await own.rotate();
      expect(await status(await own.token('alice'))).toBe(200);
      expect(await status(old)).toBe(401);
      for (let more = 0; more < 20; more++) await status(old);
      expect(own.keyFetches()).toBeLessThanOrEqual(2);
    } finally {
      await rotating.close();
      await removeDir(rotating.dataDir);
      await own.close();
    }
  });
});

describe('a service account', () => {
  it('may name any user where it was named for that', async () => {
    const token = await service('agent');
    const appended = await callAs(token, 'POST', '/write-items', item({ userId: 'carol' }));
    expect(appended.status).toBe(201);
    const { json } = await callAs(token, 'GET', '/read-items/history?userId=carol&sessionId=s');
    expect(json.items).toHaveLength(1);
    expect((await callAs(token, 'POST', '/migrate-tiers', {})).status).toBe(403);
    expect((await callAs(token, 'POST', '/ingest-items', PUSH)).status).toBe(403);
  });

  it('does its own duty and no other', async () => {
    const scheduler = await service('scheduler');
    expect((await callAs(scheduler, 'POST', '/migrate-tiers', {})).status).toBe(200);
    expect((await callAs(scheduler, 'GET', '/read-items/sessions?userId=carol')).status).toBe(403);
    const pubsub = await service('pubsub');
    expect((await callAs(pubsub, 'POST', '/ingest-items', PUSH)).status).toBe(204);
    expect((await callAs(pubsub, 'POST', '/migrate-tiers', {})).status).toBe(403);
  });

  it('is one only with an address that its issuer has verified', async () => {
    const unverified = await issuer.serviceToken('agent@p.iam.gserviceaccount.com', {
      email_verified: false,
    });
    expect(await statusAs(unverified)).toBe(401);
  });

  it('that nobody named is an end user like any other', async () => {
    const path = '/read-items/sessions?userId=carol';
    expect((await callAs(await service('stranger'), 'GET', path)).status).toBe(403);
  });
});

it('keeps an end user to his rate, and nobody else', async () => {
  const rates = { STRATA_USER_RATE_PER_SEC: '0.01', STRATA_USER_RATE_BURST: '3' };
  const limited = await startTestStack({ env: { ...env, ...rates } });
  const statusesAs = async (token: string, path: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const replies: Reply[] = [];
    for (let call = 0; call < 5; call++) replies.push(await limited.send('GET', path, { headers }));
    const last = replies.at(-1);
    return { statuses: replies.map(({ status }) => status), last };
  };
  try {
    const alice = await statusesAs(await issuer.token('alice'), '/read-items/sessions');
    expect(alice.statuses).toEqual([200, 200, 200, 429, 429]);
    expect(alice.last?.json).toMatchObject({ code: 'quota-exceeded' });
    expect(Number(alice.last?.headers.get('retry-after'))).toBeGreaterThan(90);
    const bob = await statusesAs(await issuer.token('bob'), '/read-items/sessions');
    expect(bob.statuses).toEqual([200, 200, 200, 429, 429]);
    const agent = await statusesAs(await service('agent'), '/read-items/sessions?userId=alice');
    expect(agent.statuses).toEqual([200, 200, 200, 200, 200]);
  } finally {
    await limited.close();
    await removeDir(limited.dataDir);
  }
});

it('still calls itself: what an append asks for is done', async () => {
  const token = await issuer.token('dora');
  const items = Array.from({ length: 40 }, (_, index) => ({
    content: `Message ${index} about the order ${1_000 + index}, to be delivered on Monday morning.`,
    contentType: 'user_message',
  }));
  await callAs(token, 'POST', '/write-items', { sessionId: 'long', items });
  await stack.settle();
  const { json } = await callAs(token, 'GET', '/read-items/context?sessionId=long');
  expect(json.summary).toMatchObject({ fromSeq: 1 });
});

it('guards an event function that runs alone under the functions framework', async () => {
  const port = await freePort();
  const child = startNode([FRAMEWORK, '--target=ingest-items'], {
    ...env,
    STRATA_TRUST_IAM: 'true',
    STRATA_LOG: 'off',
    FUNCTION_TARGET: 'ingest-items',
    PORT: String(port),
    STRATA_DATA_DIR: `${stack.dataDir}/alone`,
  });
  const deliver = async (token?: string) => {
    const headers = {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    const body = JSON.stringify(PUSH);
    // The framework looks for the topic there, and complains on standard error where it finds none.
    const url = `http://127.0.0.1:${port}/projects/p/topics/memory-append`;
    return (await fetch(url, { method: 'POST', headers, body })).status;
  };
  try {
    await until('the function to listen', () => deliver().catch(() => undefined));
    expect(await deliver()).toBe(401);
    expect(await deliver(await issuer.token('alice'))).toBe(403);
    expect(await deliver(await service('agent'))).toBe(403);
    const token = await service('pubsub');
    expect(await deliver(token)).toBe(204);
    // As Cloud Run hands on a token that it has checked.
    const checked = token.replace(/[^.]+$/, 'SIGNATURE_REMOVED_BY_GOOGLE');
    expect(await deliver(checked)).toBe(204);
    // What the framework prints of a function that fails is no log of ours to turn off.
    expect(child.stderr()).toBe('');
  } finally {
    child.process.kill('SIGKILL');
    await child.ended;
  }
});
