import { spawn } from 'node:child_process';
import { adviceFor } from './advice.ts';
import { type Command, filled } from './command.ts';

/** A deployment that ended half-way; the message says where, why and how to go on. */
export class DeployStopped extends Error {
  override readonly name = 'DeployStopped';
}

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Running {
  /** Takes a line of progress. */
  readonly say: (line: string) => void;
  /** Asked before each command. */
  readonly isStopped?: () => boolean;
  /** Where `gcloud` and `npm` are looked for. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Runs the commands one after the other. Run again it goes on: what is there is left alone.
 *
 * @throws DeployStopped at the first one that fails.
 */
export async function runCommands(
  commands: readonly Command[],
  { say, env = process.env, isStopped = () => false }: Running,
): Promise<void> {
  const kept = new Map<string, string>();
  const run = (program: string, argv: readonly string[], input?: string) =>
    runProgram(program, { argv: argv.map((word) => filled(word, kept)), env, input });
  for (const [index, command] of commands.entries()) {
    const { program, argv, title, unless, unlessSame, into } = command;
    const input = command.input === undefined ? undefined : filled(command.input, kept);
    if (isStopped()) throw new DeployStopped(`Stopped. ${howToGoOn(index, commands.length)}`);
    const place = `[${index + 1}/${commands.length}] ${title}`;
    if (unless && (await run(program, unless)).code === 0) {
      say(`${place}: there`);
      continue;
    }
    if (unlessSame && isSame(await run(program, unlessSame), input)) {
      say(`${place}: the same`);
      continue;
    }
    say(place);
    const ran = await run(program, argv, input);
    if (ran.code !== 0) throw new DeployStopped(stopText(command, ran, index, commands.length));
    if (into !== undefined) kept.set(into, ran.stdout.trim());
  }
}

/** As bash compares what a command prints: without line ends behind it. */
const isSame = ({ code, stdout }: Ran, input = ''): boolean =>
  code === 0 && stdout.replace(/\n+$/, '') === input;

function stopText({ title, program, argv }: Command, ran: Ran, done: number, all: number): string {
  const advice = adviceFor(ran.stderr, argv);
  return [
    `${title}: ${program} ${argv.slice(0, 4).join(' ')} … ended with ${ran.code}`,
    ...lastLines(ran.stderr),
    ...(advice === undefined ? [] : [advice]),
    howToGoOn(done, all),
  ].join('\n');
}

const howToGoOn = (done: number, all: number): string =>
  `${done} of ${all} steps are done. Run the same command again: it goes on from here.`;

const LINES = 8;
const lastLines = (text: string): string[] => text.trim().split('\n').slice(-LINES);

interface Program {
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly input: string | undefined;
}

function runProgram(program: string, { argv, env, input }: Program): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, argv, { env, stdio: 'pipe' });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk));
    child.on('error', (error) =>
      reject(
        'code' in error && error.code === 'ENOENT'
          ? new DeployStopped(`There is no ${program}: install it (https://cloud.google.com/sdk)`)
          : error,
      ),
    );
    child.on('close', (code) => resolve({ code: code ?? 1, stdout, stderr }));
    child.stdin.on('error', () => undefined); // It may end without reading.
    child.stdin.end(input ?? '');
  });
}
