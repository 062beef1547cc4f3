import { parseArgs } from 'node:util';
import { DemoError } from './demo-error.ts';

export const HELP = `Usage: npm run demo -- [options]

Lets a conversation live its whole life in a few seconds and checks what Strata promises.
Without options: its own conversation over eight simulated months, in one process, over HTTP,
with a manual clock and a temporary data directory.

Options
  --file <path>      another conversation, as chat-completions JSON: a list of messages, a list of
                     such lists, {"messages": […]} or [{"traj": […]}]; each run is a session
  --sessions <n>     only the first n sessions of the file
  --server <url>     use a server that runs already; what needs a clock or a restart is left out
  --keep             keep the data directory and say where it is
  --help             this text

Exit code 1 when a promise was broken. NO_COLOR=1 switches colours off.
`;

export interface DemoArguments {
  readonly wantsHelp: boolean;
  readonly keep: boolean;
  readonly file?: string;
  readonly server?: string;
  readonly sessions?: number;
}

/** @throws DemoError with one line when an argument is unknown or cannot be used. */
export function parseDemoArguments(argv: readonly string[]): DemoArguments {
  const { file, server, sessions, keep = false, help = false } = parse(argv);
  if (sessions !== undefined && !/^[1-9]\d{0,5}$/.test(sessions))
    throw new DemoError(`--sessions takes a whole number above 0, found "${sessions}"`);
  if (sessions !== undefined && file === undefined)
    throw new DemoError('--sessions needs --file: the own conversation is one session');
  if (server !== undefined && keep)
    throw new DemoError('--keep and --server exclude each other: a server keeps its own data');
  return {
    wantsHelp: help,
    keep,
    ...(file === undefined ? {} : { file }),
    ...(server === undefined ? {} : { server: baseOf(server) }),
    ...(sessions === undefined ? {} : { sessions: Number(sessions) }),
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        file: { type: 'string' },
        server: { type: 'string' },
        sessions: { type: 'string' },
        keep: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new DemoError(`${message.split('. ')[0]}; see npm run demo -- --help`);
  }
}

function baseOf(server: string): string {
  const url = URL.parse(server);
  if (!url || !/^https?:$/.test(url.protocol))
    throw new DemoError(`--server takes a URL such as http://127.0.0.1:8080, found "${server}"`);
  return url.href.replace(/\/+$/, '');
}
