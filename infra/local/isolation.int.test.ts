import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTokenIssuer, type TokenIssuer } from '../../shared/testing/token-issuer.ts';
import { type Reply, removeDir, startTestStack, type TestStack, until } from './test-stack.ts';

let issuer: TokenIssuer;
let stack: TestStack;
const tokens = new Map<string, string>();

async function call(user: string, method: string, path: string, body?: object): Promise<Reply> {
  const token = tokens.get(user) ?? (await issuer.token(user));
  tokens.set(user, token);
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  return stack.send(method, path, { headers, ...(body && { body: JSON.stringify(body) }) });
}

async function say(user: string, sessionId: string, count: number): Promise<string[]> {
  const items = Array.from({ length: count }, (_, index) => ({
    content: `${user} keeps note ${index + 1} in ${sessionId}; it has the code ${user}-${index}.`,
    contentType: 'user_message',
  }));
  const { json } = await call(user, 'POST', '/write-items', { sessionId, items });
  return json.items.map(({ id }: { readonly id: string }) => id);
}

/** What a user has that another one could ask for. */
interface Names {
  /** Of an item, a deleted item, a summary, an erasure. */
  readonly ids: Readonly<Record<'item' | 'deleted' | 'summary' | 'receipt', string>>;
  /** Of every kind of list. */
  readonly cursors: readonly string[];
}

async function namesOf(user: string): Promise<Names> {
  const receipt = (await call(user, 'POST', '/erase-user', {})).json.receiptId;
  const [item = '', deleted = ''] = await say(user, 's', 60);
  await say(user, 't', 1);
  const summary = await until('a summary', async () => {
    const { json } = await call(user, 'GET', '/read-items/context?sessionId=s&tokenBudget=900');
    return json.summary?.id;
  });
  const lists = [
    '/read-items/history?sessionId=s&limit=5',
    '/read-items/history?sessionId=s&limit=5&order=desc',
    '/read-items/sessions?limit=1',
    `/read-items/summaries/${summary}?expand=true&limit=5`,
  ];
  const pages = await Promise.all(lists.map((list) => call(user, 'GET', list)));
  // The last one: a deletion takes the summaries that tell of the item along.
  const last = (await say(user, 's', 1))[0] ?? deleted;
  await call(user, 'DELETE', `/write-items/${last}`);
  return {
    ids: { item, deleted: last, summary, receipt },
    cursors: pages.map(({ json }) => json.nextCursor),
  };
}

let alice: Names;
let mallory: Names;
const exported = async (user: string) => (await call(user, 'GET', '/read-items/export')).text;

beforeAll(async () => {
  issuer = await startTokenIssuer();
  const issuers = [{ issuer: issuer.issuer, audience: issuer.audience }];
  // Nobody is kept to a rate here: every name is tried at every place.
  const env = { STRATA_USER_ISSUERS: JSON.stringify(issuers), STRATA_USER_RATE_PER_SEC: '0' };
  stack = await startTestStack({ env });
  [alice, mallory] = [await namesOf('alice'), await namesOf('mallory')];
});
afterAll(async () => {
  await stack.close();
  await removeDir(stack.dataDir);
  await issuer.close();
});

/** Every place of an id in a path. */
const PLACES = [
  { method: 'GET', path: '/read-items/ID' },
  { method: 'PATCH', path: '/write-items/ID', body: { pinned: true } },
  { method: 'DELETE', path: '/write-items/ID' },
  { method: 'GET', path: '/read-items/summaries/ID' },
  { method: 'GET', path: '/read-items/summaries/ID?expand=true' },
  { method: 'GET', path: '/erase-user/ID' },
] as const satisfies readonly { method: string; path: string; body?: object }[];
const asking =
  (
    user: string,
    place: { readonly method: string; readonly path: string; readonly body?: object },
  ) =>
  (id: string) =>
    call(user, place.method, place.path.replace('ID', id), place.body);
/** Every place of a cursor. */
const LISTS = [
  '/read-items/history?sessionId=s&cursor=CURSOR',
  '/read-items/history?sessionId=s&order=desc&cursor=CURSOR',
  '/read-items/history?sessionId=t&cursor=CURSOR',
  '/read-items/sessions?cursor=CURSOR',
  '/read-items/summaries/OWN?expand=true&cursor=CURSOR',
];
const seen = ({ status, text }: Reply, id: string) => `${status} ${text.replaceAll(id, 'ID')}`;

describe("another user's ids", () => {
  it.each(PLACES)('are as if they were not there: $method $path', async (place) => {
    const before = await exported('alice');
    expect(before).toContain('alice keeps note 60');
    const ask = asking('mallory', place);
    const made = alice.ids.item.replace(/^.{26}/, 'a'.repeat(26));
    const nothing = seen(await ask(made), made);
    expect(nothing).toMatch(/^404 /);
    for (const id of Object.values(alice.ids)) expect(seen(await ask(id), id)).toBe(nothing);
    expect(await exported('alice')).toBe(before);
  });

  it.each(PLACES)(
    'of things that were deleted are as if these had never been: $method $path',
    async (place) => {
      const ask = asking('mallory', place);
      const { deleted } = mallory.ids;
      const never = deleted.replace(/\d+$/, '999');
      expect(seen(await ask(deleted), deleted)).toBe(seen(await ask(never), never));
      expect((await ask(deleted)).status).toBe(404);
    },
  );
});

describe('a cursor', () => {
  it('goes on where it came from', async () => {
    const [up = ''] = mallory.cursors;
    const path = `/read-items/history?sessionId=s&cursor=${up}`;
    expect((await call('mallory', 'GET', path)).json.items[0].seq).toBe(6);
  });

  it.each(LISTS)(
    'of another user, made up, changed or cut, is refused in the same words by %s',
    async (path) => {
      const list = path.replace('OWN', mallory.ids.summary);
      const ask = (cursor: string) => call('mallory', 'GET', list.replace('CURSOR', cursor));
      const refused = seen(await ask('made-up'), 'made-up');
      expect(refused).toMatch(/^400 .*cursor/);
      const own = mallory.cursors.flatMap((cursor) => [
        ...[cursor.slice(0, -1), cursor.slice(1), cursor.slice(0, 8), `${cursor}A`],
        ...[2, 12, cursor.length - 3].map(
          (at) => cursor.slice(0, at) + (cursor[at] === 'x' ? 'y' : 'x') + cursor.slice(at + 1),
        ),
      ]);
      for (const cursor of [...alice.cursors, ...own])
        expect(seen(await ask(cursor), cursor)).toBe(refused);
    },
  );
});
