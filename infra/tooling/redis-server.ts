import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { installRedis } from './install-redis.ts';

export interface RunningRedis {
  readonly url: string;
  readonly port: number;
  /** Ends the server and removes its files. Ending it twice is harmless. */
  stop(): Promise<void>;
}

export interface RedisServerOptions {
  /** More arguments of `redis-server`, for example `['--maxmemory', '64mb']`. */
  readonly args?: readonly string[];
  /** Default: a free one. */
  readonly port?: number;
}

const BINARIES = ['redis-server', 'valkey-server'];
const START_MS = 10_000;

/**
 * A Redis on loopback that keeps nothing on disk, from `redis-server` or `valkey-server` on PATH.
 * Root on Debian installs the package where neither is there. `undefined`: it cannot be had.
 */
export async function startRedis({
  args = [],
  port: fixedPort,
}: RedisServerOptions = {}): Promise<RunningRedis | undefined> {
  const binary = findBinary() ?? (await installed());
  if (binary === undefined) return undefined;
  const directory = await mkdtemp(join(tmpdir(), 'strata-redis-'));
  const port = fixedPort ?? (await freePort());
  const settings = { port, bind: '127.0.0.1', dir: directory, save: '', appendonly: 'no' };
  const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = spawn(binary, [...flags, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  // A run that is cut short must not leave its server behind.
  const kill = () => server.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async () => {
    process.off('exit', kill);
    await ended(server);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await ready(server);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `redis://127.0.0.1:${port}`, port, stop };
}

function findBinary(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const paths = BINARIES.flatMap((binary) => folders.map((folder) => join(folder, binary)));
  return paths.find((path) => existsSync(path));
}

async function installed(): Promise<string | undefined> {
  await installRedis();
  return findBinary();
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port was given');
  return address.port;
}

/** Resolves when the server takes connections; rejects with what it said when it ends before. */
function ready(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = () => reject(new Error(`redis-server did not start:\n${output}`));
    const timer = setTimeout(fail, START_MS);
    server.once('error', reject);
    server.once('exit', fail);
    for (const stream of [server.stdout, server.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (!output.includes('Ready to accept connections')) return;
        clearTimeout(timer);
        server.off('exit', fail);
        resolve();
      });
    }
  });
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exit = once(server, 'exit');
  server.kill('SIGTERM');
  const force = setTimeout(() => server.kill('SIGKILL'), 3_000);
  await exit;
  clearTimeout(force);
}
