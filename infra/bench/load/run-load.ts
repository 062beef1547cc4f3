import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import type { UnreliableRedis } from '../../../shared/testing/unreliable-redis.ts';
import { Ledger } from './ledger.ts';
import type { Order, Report } from './server.ts';

export interface LoadPlan {
  readonly seconds: number;
  /** Seconds at the end without faults, in which the server recovers. */
  readonly calmSeconds: number;
  readonly connections: number;
  /** Of the calls of the durable store, from 0 to 1. */
  readonly faultShare: number;
  readonly redis: UnreliableRedis | undefined;
}

export interface LoadReport {
  readonly requestsPerSec: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** Connections that broke, and answers that did not come. */
  readonly unanswered: number;
  readonly cancelled: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
  /** From the end of the faults to the last answer that was no success. */
  readonly recoveredAfterMs: number;
  /** Of appends and contexts of every session, when the load was over. */
  readonly failedAfterwards: number;
  /** After collections: when a third was over, and at the end. */
  readonly heapEarlyBytes: number;
  readonly heapLateBytes: number;
}

const SESSIONS = 40;
/** Seconds; no fault of ours takes so long. */
const ANSWER_SECONDS = 10;
/** Redis is away for so long, twice in a run. */
const REDIS_AWAY_MS = 600;
const CANCEL_EVERY_MS = 25;

/**
 * The local stack at saturation, while a share of its durable calls is slow or fails, Redis goes away
 * twice, and clients leave in the middle of their calls; then some seconds without faults.
 */
export async function runLoad(plan: LoadPlan): Promise<LoadReport> {
  const dataDir = await mkdtemp(join(tmpdir(), 'strata-load-'));
  const server = startServer(dataDir, plan.redis?.url);
  try {
    const { url } = await told(server, (report) => 'url' in report && report);
    return await putUnderLoad(plan, server, url);
  } finally {
    await ended(server);
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function putUnderLoad(
  plan: LoadPlan,
  server: ChildProcess,
  url: string,
): Promise<LoadReport> {
  const ledger = new Ledger(SESSIONS);
  const memory = async () => {
    server.send('memory' satisfies Order);
    return (await told(server, (report) => 'heapUsedBytes' in report && report)).heapUsedBytes;
  };
  const faultMs = (plan.seconds - plan.calmSeconds) * 1_000;
  const stop = new AbortController();
  const load = shoot(ledger, url, plan);
  const leaving = leaveEarly(ledger, url, stop.signal);
  server.send({ share: plan.faultShare } satisfies Order);
  const redis = loseRedis(plan.redis, faultMs);
  await sleep(faultMs / 3);
  const heapEarlyBytes = await memory();
  await sleep((faultMs * 2) / 3);
  await redis;
  stop.abort();
  const cancelled = await leaving;
  server.send({ share: 0 } satisfies Order);
  const calmAtMs = Date.now();
  const { latency, requests, errors, timeouts } = await load;
  const heapLateBytes = await memory();
  return {
    requestsPerSec: requests.average,
    ...{ p50Ms: latency.p50, p99Ms: latency.p99, maxMs: latency.max },
    ...{ statuses: ledger.statuses, unanswered: errors + timeouts, cancelled },
    ...{ acknowledged: ledger.acknowledged, ...(await ledger.check(url)) },
    recoveredAfterMs: Math.max(0, ledger.lastFailureAtMs - calmAtMs),
    failedAfterwards: await failuresOf(ledger, url),
    ...{ heapEarlyBytes, heapLateBytes },
  };
}

const HEADERS = { 'content-type': 'application/json' };

/** Every connection appends and asks for the context, in turns, as fast as it is answered. */
function shoot(ledger: Ledger, url: string, { seconds, connections }: LoadPlan) {
  interface Said {
    sessionId: string;
    content: string;
  }
  return autocannon<Said>({
    ...{ url, connections, duration: seconds, timeout: ANSWER_SECONDS },
    initialContext: { sessionId: '', content: '' },
    requests: [
      {
        setupRequest(base, said) {
          Object.assign(said, ledger.next());
          const path = '/write-items';
          return {
            ...base,
            method: 'POST',
            path,
            headers: { ...HEADERS },
            body: bodyOf(ledger, said),
          };
        },
        onResponse(status, body, { sessionId, content }) {
          ledger.saw(status);
          if (status === 201) ledger.wrote(sessionId, content, body);
        },
      },
      {
        setupRequest(base, { sessionId }) {
          const query = new URLSearchParams({ userId: ledger.userId, sessionId, format: 'openai' });
          const { body: _, ...rest } = base;
          return { ...rest, method: 'GET', path: `/read-items/context?${query}` };
        },
        onResponse: (status) => ledger.saw(status),
      },
    ],
  });
}

/** How many of a round of calls do not succeed. */
async function failuresOf(ledger: Ledger, url: string): Promise<number> {
  let failed = 0;
  for (let round = 0; round < SESSIONS; round++) {
    const said = ledger.next();
    const body = bodyOf(ledger, said);
    const query = new URLSearchParams({ userId: ledger.userId, sessionId: said.sessionId });
    const appended = await fetch(`${url}/write-items`, { method: 'POST', headers: HEADERS, body });
    const context = await fetch(`${url}/read-items/context?${query}`);
    failed += Number(appended.status !== 201) + Number(context.status !== 200);
    await Promise.all([appended.text(), context.text()]);
  }
  return failed;
}

const bodyOf = (
  { userId }: Ledger,
  { sessionId, content }: { readonly sessionId: string; readonly content: string },
) => JSON.stringify({ userId, sessionId, content, contentType: 'user_message' });

/** Clients that send an append and do not wait for the answer. @returns how many. */
async function leaveEarly(ledger: Ledger, url: string, signal: AbortSignal): Promise<number> {
  let cancelled = 0;
  while (!signal.aborted) {
    const sent = request(`${url}/write-items`, { method: 'POST', headers: HEADERS });
    sent.on('error', () => undefined);
    sent.end(bodyOf(ledger, ledger.next()));
    await sleep(CANCEL_EVERY_MS);
    sent.destroy();
    cancelled++;
  }
  return cancelled;
}

async function loseRedis(redis: UnreliableRedis | undefined, faultMs: number): Promise<void> {
  for (const lose of ['kill', 'hang'] as const) {
    await sleep(faultMs / 3 - REDIS_AWAY_MS / 2);
    await redis?.[lose]();
    await sleep(REDIS_AWAY_MS);
    await redis?.recover();
  }
}

function startServer(dataDir: string, redisUrl: string | undefined): ChildProcess {
  const path = fileURLToPath(new URL('server.ts', import.meta.url));
  const place = { PORT: '0', STRATA_DATA_DIR: dataDir, STRATA_LOG: 'off' };
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, ...place, ...(redisUrl && { REDIS_URL: redisUrl }) };
  return fork(path, {
    env,
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
}

/** The next report of a kind. @throws when the server ends before. */
function told<R>(server: ChildProcess, take: (report: Report) => R | false): Promise<R> {
  return new Promise((resolve, reject) => {
    const onExit = () => reject(new Error('The server under load ended'));
    const onMessage = (report: Report) => {
      const taken = take(report);
      if (taken === false) return;
      server.off('exit', onExit).off('message', onMessage);
      resolve(taken);
    };
    server.on('exit', onExit).on('message', onMessage);
  });
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exit = once(server, 'exit');
  if (server.connected) server.send('end' satisfies Order);
  const isInTime = await Promise.race([exit, sleep(10_000, false, { ref: false })]);
  if (isInTime === false) server.kill('SIGKILL');
  await exit;
}
