import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Child, freePort, startNode } from './child.ts';
import { removeDir, until } from './test-stack.ts';

const SERVE = 'infra/local/serve.ts';
let dir: string;
const children: Child[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'strata-serve-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.process.kill('SIGKILL');
    await child.ended;
  }
  await removeDir(dir);
});

function serve(args: readonly string[], env: Readonly<Record<string, string>> = {}): Child {
  const child = startNode([SERVE, ...args], { STRATA_DATA_DIR: join(dir, 'data'), ...env });
  children.push(child);
  return child;
}

const urlOf = (child: Child): Promise<string> =>
  until('the line that says where it listens', async () => {
    if (child.process.exitCode !== null) throw new Error(child.stderr());
    return /(http:\S+)/.exec(child.stdout())?.[1];
  });

async function failure(child: Child): Promise<string> {
  expect(await child.ended).toBe(1);
  expect(child.stdout()).toBe('');
  return child.stderr();
}

describe('npm start', () => {
  it('says in one line where it listens and where the data is', async () => {
    const child = serve(['--port', '0', '--data-dir', join(dir, 'mine')]);
    const url = await urlOf(child);
    expect(child.stdout()).toBe(`Strata listens on ${url} and keeps its data in ${dir}/mine\n`);
    expect((await fetch(`${url}/read-items/healthz`)).status).toBe(200);
    expect(child.stderr()).toBe('');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends in order on %s, and nothing is lost',
    async (signal) => {
      const child = serve(['--port', '0']);
      const url = await urlOf(child);
      const sent = await fetch(`${url}/write-items`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"userId":"u1","sessionId":"s1","content":"kept","contentType":"user_message"}',
      });
      expect(sent.status).toBe(201);
      child.process.kill(signal);
      expect(await child.ended).toBe(0);
      expect(child.stderr()).toBe('');
      const again = await urlOf(serve(['--port', '0']));
      const history = await fetch(`${again}/read-items/history?userId=u1&sessionId=s1`);
      expect(await history.text()).toContain('"kept"');
    },
  );

  it('finishes a request that is under way when it is told to stop', async () => {
    const child = serve(['--port', '0']);
    const url = await urlOf(child);
    const items = Array.from({ length: 500 }, (_, index) => ({
      content: `${index} ${'text '.repeat(100)}`,
      contentType: 'user_message',
    }));
    const running = fetch(`${url}/write-items`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ userId: 'u1', sessionId: 's1', items }),
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    child.process.kill('SIGTERM');
    const outcome = await running.then(
      (response) => response.status,
      () => 'refused',
    );
    expect([201, 'refused']).toContain(outcome);
    expect(await child.ended).toBe(0);
  });

  it('explains itself', async () => {
    const child = serve(['--help']);
    expect(await child.ended).toBe(0);
    expect(child.stdout()).toContain('Usage: npm start');
  });

  it('says what to do when the port is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const address = taken.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    expect(await failure(serve(['--port', String(port)]))).toBe(
      `strata: Port ${port} on 127.0.0.1 is in use: stop what listens there, or choose another one with --port.\n`,
    );
    taken.close();
  });

  it.each([
    [
      'an unknown variable',
      { STRATA_MAX_CONTEXT_ITEM: '3' },
      'did you mean STRATA_MAX_CONTEXT_ITEMS?',
    ],
    ['a bad value', { STRATA_DEFAULT_TTL: '-5' }, 'STRATA_DEFAULT_TTL: expected a number above 0'],
  ])('refuses %s in one line', async (_name, env, text) => {
    const stderr = await failure(serve(['--port', '0'], env));
    expect(stderr).toContain(text);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('refuses an unknown argument in one line', async () => {
    const stderr = await failure(serve(['--prot', '1']));
    expect(stderr).toContain("Unknown option '--prot'");
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it.each([
    ['is a file', 'file'],
    // What root meets where others meet a read-only directory.
    ['cannot be made', 'file/data'],
  ])('says what to do when the data directory %s', async (_name, path) => {
    await writeFile(join(dir, 'file'), 'not a directory');
    const stderr = await failure(serve(['--port', '0', '--data-dir', join(dir, path)]));
    expect(stderr).toContain(join(dir, path));
    expect(stderr).toContain('make it writable or choose another data directory');
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).not.toContain('    at ');
  });

  it('says what to do about a store from a newer version', async () => {
    const first = serve(['--port', '0']);
    await urlOf(first);
    first.process.kill('SIGTERM');
    await first.ended;
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(join(dir, 'data', 'strata.db'));
    database.exec('PRAGMA user_version = 999');
    database.close();
    const stderr = await failure(serve(['--port', '0']));
    expect(stderr).toContain('upgrade Strata');
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('starts on the port that PORT names', async () => {
    const port = await freePort();
    const url = await urlOf(serve([], { PORT: String(port) }));
    expect(url).toBe(`http://127.0.0.1:${port}`);
  });
});
