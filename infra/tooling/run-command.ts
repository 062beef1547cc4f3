import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';

interface CommandOptions {
  readonly cwd: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Collects the output instead of showing it while the command runs. */
  readonly isQuiet?: boolean;
  /** Ended after this many milliseconds, with a status that is not 0. */
  readonly timeoutMs?: number;
}

export interface CommandResult {
  readonly status: number;
  readonly output: string;
}

/** Runs a tool of the project's own `node_modules/.bin`, with the Node that is installed there. */
export function runCommand(
  [name = '', ...args]: readonly string[],
  { cwd, env = {}, isQuiet = false, timeoutMs }: CommandOptions,
): Promise<CommandResult> {
  const bin = join(cwd, 'node_modules', '.bin');
  const path = `${bin}${delimiter}${process.env['PATH'] ?? ''}`;
  const stdio = isQuiet ? 'pipe' : 'inherit';
  return new Promise((resolve, reject) => {
    const child = spawn(join(bin, name), args, {
      cwd,
      env: { ...process.env, ...env, PATH: path },
      stdio: ['ignore', stdio, stdio],
      killSignal: 'SIGKILL',
      ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
    });
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk));
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status: status ?? 1, output }));
  });
}
