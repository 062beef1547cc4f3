import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

const INSTALL_MS = 180_000;
const LOCKED_MS = 1_000;

/** Installs Debian's package where we are root on it. When it fails, why is said on standard error. */
export async function installRedis(): Promise<void> {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return;
  console.error('No redis-server here: installing it with apt-get');
  const untilMs = Date.now() + INSTALL_MS;
  for (;;) {
    try {
      await aptGet('update');
      await aptGet('install', '-y', 'redis-server');
      await stopService();
      return;
    } catch (error) {
      // Another test file installs it at this moment: apt-get does not wait for all of its locks.
      const isLocked = String(error).includes('Could not get lock') && Date.now() < untilMs;
      if (!isLocked) return console.error(adviceAbout(error));
      await sleep(LOCKED_MS);
    }
  }
}

/** One line: apt-get's own last complaint, and what to do without it. */
function adviceAbout(error: unknown): string {
  const printed = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
  const why = printed.trim().split('\n').at(-1) || String(error);
  return `apt-get could not install redis-server (${why}): install it or valkey-server yourself, or name one that runs in REDIS_URL`;
}

const aptGet = (...args: readonly string[]) =>
  run('apt-get', ['-o', 'DPkg::Lock::Timeout=180', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });

/** Installing it starts a server of the machine's own on the usual port, now and at every start. */
async function stopService(): Promise<void> {
  for (const [command, ...args] of [
    ['service', 'redis-server', 'stop'],
    ['update-rc.d', 'redis-server', 'disable'],
  ] as const) {
    await run(command, args).catch(() => undefined); // No init system: nothing was started.
  }
}
