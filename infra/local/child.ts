import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A program of the project in a process of its own. */
export interface Child {
  readonly process: ChildProcess;
  /** What it printed so far. */
  stdout(): string;
  stderr(): string;
  /** Resolves with the exit code, or with the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/** Starts a script of the project with this Node and only the given Strata variables. */
export function startNode(args: readonly string[], env: Readonly<Record<string, string>>): Child {
  const inherited = Object.entries(process.env).filter(
    ([name]) =>
      !/^(STRATA_|VITEST|FUNCTION_)|^(PORT|NODE_ENV|NODE_OPTIONS)$/.test(name) &&
      !/^(REDIS_URL|GOOGLE_CLOUD_PROJECT|K_SERVICE)$|_EMULATOR_HOST$/.test(name),
  );
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk));
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  return { process: child, stdout: () => stdout, stderr: () => stderr, ended };
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || !address) throw new TypeError('has no port');
  return address.port;
}
