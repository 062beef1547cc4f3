import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server in a process group of its own: launchers start Java, and both must end. */
export interface ServerProcess {
  /** Ends the whole group. Ending it twice is harmless. */
  stop(): Promise<void>;
}

interface ServerCommand {
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Answers 200 once the server takes requests. */
  readonly readyUrl: string;
}

const START_MS = 60_000;
const POLL_MS = 100;
const END_MS = 3_000;

/** @throws Error with what the server said when it ended, or was not ready within a minute. */
export async function startServer({
  command: [binary = '', ...args],
  env = {},
  readyUrl,
}: ServerCommand): Promise<ServerProcess> {
  const server = spawn(binary, args, {
    detached: true,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4_000));
  server.stdout?.on('data', collect);
  server.stderr?.on('data', collect);
  server.on('error', (error) => (output += String(error)));
  // A run that is cut short must not leave its server behind.
  const kill = () => signalGroup(server, 'SIGKILL');
  process.once('exit', kill);
  const stop = async () => {
    process.off('exit', kill);
    await ended(server);
  };
  const untilMs = Date.now() + START_MS;
  while (!(await isReady(readyUrl))) {
    if (hasEnded(server) || Date.now() > untilMs) {
      await stop();
      throw new Error(`${binary} did not start:\n${output}`);
    }
    await sleep(POLL_MS);
  }
  return { stop };
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(1_000) })).ok;
  } catch {
    // Nobody listens yet: asked again.
    return false;
  }
}

const hasEnded = ({ pid, exitCode, signalCode }: ChildProcess): boolean =>
  pid === undefined || exitCode !== null || signalCode !== null;

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(-pid, signal);
  } catch {
    // ESRCH: nobody of the group is left.
    return false;
  }
}

async function ended(server: ChildProcess): Promise<void> {
  const exit = hasEnded(server) ? undefined : once(server, 'exit');
  signalGroup(server, 'SIGTERM');
  const untilMs = Date.now() + END_MS;
  // The launcher may end before the Java that it started.
  while (signalGroup(server, 0) && Date.now() < untilMs) await sleep(20);
  signalGroup(server, 'SIGKILL');
  await exit;
}
