import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../shared/kernel/app-error.ts';
import type { FunctionName } from '../../shared/topology.ts';
import { freePort } from './child.ts';

/** A function that runs alone under the functions framework, as it does in the cloud. */
export interface FunctionProcess {
  readonly name: FunctionName;
  readonly host: string;
  readonly port: number;
  /** Resolves with a sentence when the process has ended. */
  readonly ended: Promise<string>;
  /** Rejects when it ended before it took connections. */
  ready(): Promise<void>;
  /** Lets it finish what it does, for some seconds. Stopping it twice is harmless. */
  stop(): Promise<void>;
}

interface FunctionProcessOptions {
  readonly name: FunctionName;
  /** The whole environment but for what names the function and its port. */
  readonly env: NodeJS.ProcessEnv;
  /** Takes every line that the process prints. */
  readonly say: (line: string) => void;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FRAMEWORK = createRequire(import.meta.url)
  .resolve('@google-cloud/functions-framework')
  .replace(/index\.js$/, 'main.js');
const HOST = '127.0.0.1';
const START_MS = 60_000;
const POLL_MS = 50;
const END_MS = 5_000;

const running = new Set<ChildProcess>();

/** However this process ends by itself, it leaves no function behind. */
function killAtExit(child: ChildProcess): void {
  if (running.size === 0) {
    process.once('exit', () => {
      for (const one of running) one.kill('SIGKILL');
    });
  }
  running.add(child);
}

export async function startFunction({
  name,
  env,
  say,
}: FunctionProcessOptions): Promise<FunctionProcess> {
  const port = await freePort();
  const child = spawn(process.execPath, [FRAMEWORK, `--target=${name}`], {
    cwd: ROOT,
    // Not in our process group: a Ctrl-C reaches us alone, and we end the others in order.
    detached: true,
    env: { ...env, FUNCTION_TARGET: name, PORT: String(port), NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let lastLine = '';
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      lastLine = line;
      say(line);
    });
  }
  killAtExit(child);
  const ended = once(child, 'close').then(([code, signal]) => {
    running.delete(child);
    const end = `The function ${name} ended with ${code ?? signal}`;
    return lastLine ? `${end}: ${lastLine.trim()}` : end;
  });
  return {
    ...{ name, host: HOST, port, ended },
    ready: () => ready(port, ended),
    stop: () => stop(child, ended),
  };
}

async function ready(port: number, ended: Promise<string>): Promise<void> {
  let end: string | undefined;
  void ended.then((sentence) => {
    end = sentence;
  });
  const untilMs = performance.now() + START_MS;
  while (!(await isListening(port))) {
    if (end !== undefined) throw new AppError('unavailable', end);
    if (performance.now() > untilMs) {
      throw new AppError('unavailable', `Nothing listens on port ${port} after ${START_MS} ms`);
    }
    await sleep(POLL_MS);
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, HOST);
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), END_MS);
  await ended;
  clearTimeout(force);
}
