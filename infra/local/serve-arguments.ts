import { parseArgs } from 'node:util';

export const HELP = `Usage: npm start -- [options]

Serves all functions of Strata on one port, with its data in one directory.

Options
  --port <number>     port to listen on, 0 for any free one (default: PORT, else 8080)
  --data-dir <path>   where the data is kept (default: STRATA_DATA_DIR, else .strata)
  --help              this text

Every option of the README's table can be set as an environment variable, for example
STRATA_HOT_TIER_MAX_AGE_DAYS=7.
`;

/** The command line's wishes, as the variables that they stand for. */
export interface ServeArguments {
  readonly wantsHelp: boolean;
  readonly env: Readonly<Record<string, string>>;
}

/** @throws TypeError on an argument that is not known. */
export function parseServeArguments(argv: readonly string[]): ServeArguments {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      port: { type: 'string' },
      'data-dir': { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const { port, 'data-dir': dataDir, help = false } = values;
  return {
    wantsHelp: help,
    env: {
      ...(port !== undefined && { PORT: port }),
      ...(dataDir !== undefined && { STRATA_DATA_DIR: dataDir }),
    },
  };
}
