import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type Child, freePort, startNode } from './child.ts';
import { removeDir, until } from './test-stack.ts';

const KILLS = 50;
const MAX_ALIVE_MS = 250;
const BATCH_ITEMS = [1, 3, 8];
const OLD = new Date(Date.now() - 40 * 86_400_000).toISOString();

interface Stored {
  readonly id: string;
  readonly seq: number;
  readonly content: string;
}

/** A client that repeats a request until it is acknowledged, and remembers what it was told. */
class Writer {
  readonly acknowledged: Stored[] = [];
  readonly #url: string;
  readonly #sessionId: string;
  readonly #name: string;

  constructor(url: string, sessionId: string, name: string) {
    this.#url = url;
    this.#sessionId = sessionId;
    this.#name = name;
  }

  async run(isOver: () => boolean): Promise<void> {
    for (let batch = 0; !isOver(); batch++) {
      const contents = Array.from(
        { length: BATCH_ITEMS[batch % BATCH_ITEMS.length] ?? 1 },
        (_, index) => `${this.#name} ${batch}.${index}`,
      );
      const items = await this.#append(contents);
      items.forEach(({ id, seq }, index) => {
        this.acknowledged.push({ id, seq, content: contents[index] ?? '' });
      });
    }
  }

  async #append(contents: readonly string[]): Promise<readonly Stored[]> {
    const body = JSON.stringify({
      userId: 'u1',
      sessionId: this.#sessionId,
      // Old enough to be migrated at once, so that kills hit migrations too.
      items: contents.map((content) => ({
        content,
        contentType: 'user_message',
        createdAt: OLD,
        idempotencyKey: content,
      })),
    });
    return until(
      `${this.#name} to be acknowledged`,
      async () => {
        const response = await post(`${this.#url}/write-items`, body);
        if (response === undefined || response.status >= 500) return undefined;
        if (!response.ok) throw new Error(`${response.status} ${response.text}`);
        return JSON.parse(response.text).items;
      },
      60_000,
    );
  }
}

/** `undefined` when the server died before the whole answer was here. */
async function post(url: string, body: string) {
  try {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body });
    return { status: response.status, ok: response.ok, text: await response.text() };
  } catch {
    return undefined;
  }
}

async function readAll(url: string, sessionId: string): Promise<Stored[]> {
  const items: Stored[] = [];
  let cursor = '';
  do {
    const query = new URLSearchParams({ userId: 'u1', sessionId, limit: '500' });
    if (cursor) query.set('cursor', cursor);
    const text = await (await fetch(`${url}/read-items/history?${query}`)).text();
    const page: { items: Stored[]; nextCursor?: string } = JSON.parse(text);
    items.push(...page.items);
    cursor = page.nextCursor ?? '';
  } while (cursor);
  return items;
}

it(`survives ${KILLS} kills under load: nothing acknowledged is missing, twice or out of order`, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'strata-kill-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let child: Child | undefined;
  const start = async (): Promise<Child> => {
    const started = startNode(['infra/local/serve.ts'], {
      PORT: String(port),
      STRATA_DATA_DIR: dataDir,
      STRATA_LOG: 'error',
    });
    child = started;
    await until('the start', async () => {
      if (started.process.exitCode !== null) throw new Error(started.stderr());
      return started.stdout().includes('Strata listens');
    });
    return started;
  };
  const sessions = ['s1', 's2', 's3', 'shared'];
  const writers = sessions.map((name) => new Writer(url, name, name));
  const rival = new Writer(url, 'shared', 'rival');
  let isOver = false;
  const everyone = [...writers, rival].map((writer) => writer.run(() => isOver));
  const migrations = (async () => {
    while (!isOver) {
      await post(`${url}/migrate-tiers`, '{}');
      await sleep(Math.random() * 60);
    }
  })();

  try {
    for (let kill = 0; kill < KILLS; kill++) {
      const running = await start();
      await sleep(Math.random() * MAX_ALIVE_MS);
      running.process.kill('SIGKILL');
      expect(await running.ended).toBe('SIGKILL');
    }
    await start();
    isOver = true;
    await Promise.all([...everyone, migrations]);

    const stored = await Promise.all(sessions.map((session) => readAll(url, session)));
    for (const [at, items] of stored.entries()) {
      // Gapless, in order, and so each seq once.
      expect(items.map(({ seq }) => seq)).toEqual(items.map((_, index) => index + 1));
      expect(new Set(items.map(({ content }) => content)).size).toBe(items.length);
      const owners = sessions[at] === 'shared' ? [writers[at], rival] : [writers[at]];
      for (const owner of owners) {
        const prefix = owner === rival ? 'rival ' : `${sessions[at]} `;
        const own = items.filter(({ content }) => content.startsWith(prefix));
        // What was acknowledged, under the ids and seqs that were told, in the order sent.
        expect(own.map(({ id, seq, content }) => ({ id, seq, content }))).toEqual(
          owner?.acknowledged,
        );
      }
    }
    expect(stored.flat().length).toBeGreaterThan(KILLS);
  } finally {
    isOver = true;
    child?.process.kill('SIGKILL');
    await child?.ended;
    await removeDir(dataDir);
  }
});
