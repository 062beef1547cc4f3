import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../../functions/config.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { type LocalStack, startLocal } from './start-local.ts';

/** An answer as a test looks at it. */
export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly headers: Headers;
  readonly text: string;
  /** The JSON body; what it looks like is what the test is about. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads any field of any answer.
  readonly json: any;
}

export interface TestStack extends LocalStack {
  readonly dataDir: string;
  call(method: string, path: string, body?: unknown): Promise<Reply>;
  /** Sends a body as it is. */
  send(method: string, path: string, init: RequestInit): Promise<Reply>;
  /** Appends messages of a user: `content` each. */
  say(sessionId: string, ...contents: readonly string[]): Promise<Reply>;
  /** Waits until everything published so far was handled. */
  settle(): Promise<void>;
}

interface TestStackOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  /** Reuses the data of a stack that was closed. */
  readonly dataDir?: string;
}

/** The whole local stack on a free port and a directory of its own, through real HTTP. */
export async function startTestStack(options: TestStackOptions = {}): Promise<TestStack> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'strata-')));
  const place = { PORT: '0', STRATA_DATA_DIR: dataDir, STRATA_LOG: 'off' };
  const config = readConfig({ ...place, ...options.env });
  const stack = await startLocal({ config, ...(options.clock && { clock: options.clock }) });

  const send = async (method: string, path: string, init: RequestInit): Promise<Reply> => {
    const response = await fetch(`${stack.url}${path}`, { method, ...init });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    const isJson = /^application\/(problem\+)?json/.test(type);
    const json = isJson ? JSON.parse(text) : undefined;
    return { status: response.status, type, headers: response.headers, text, json };
  };
  const call = (method: string, path: string, body?: unknown) =>
    send(method, path, {
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  return {
    ...stack,
    dataDir,
    send,
    call,
    say: (sessionId, ...contents) =>
      call('POST', '/write-items', {
        userId: 'u1',
        sessionId,
        items: contents.map((content) => ({ content, contentType: 'user_message' })),
      }),
    settle: () => stack.runtime.bus.drain(),
  };
}

export const removeDir = (dir: string): Promise<void> => rm(dir, { recursive: true, force: true });

/** Asks until the answer is as wanted, or fails with what was wanted. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  patienceMs = 10_000,
): Promise<T> {
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += 20) {
    const answer = await ask();
    if (answer) return answer;
    await sleep(20);
  }
  throw new Error(`Waited ${patienceMs} ms in vain for ${what}`);
}
