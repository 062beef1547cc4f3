/** A command line of the deployment. `${NAME}` in it stands for what an earlier one printed. */
export interface Command {
  readonly program: 'gcloud' | 'npm' | 'node';
  readonly argv: readonly string[];
  /** What it is for: a line of progress, and a comment in the script. */
  readonly title: string;
  /** Not run where this one succeeds: what it would make is there. */
  readonly unless?: readonly string[];
  /** Not run where this one prints its input: it would only make another one of the same. */
  readonly unlessSame?: readonly string[];
  /** Keeps what it prints under this name. */
  readonly into?: string;
  /** What it reads from its input. */
  readonly input?: string;
}

export const gcloud = (
  title: string,
  argv: readonly string[],
  rest: Partial<Omit<Command, 'argv' | 'title' | 'program'>> = {},
): Command => ({ program: 'gcloud', title, argv, ...rest });

const VARIABLE = /\$\{([A-Z_]+)\}/g;

/** The text with what was kept in the places of the names. */
export function filled(text: string, kept: ReadonlyMap<string, string>): string {
  return text.replace(VARIABLE, (whole, name: string) => kept.get(name) ?? whole);
}

/** A word as bash reads it back, its `${NAME}`s left to bash. */
export const quoted = (text: string): string => {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (text.search(VARIABLE) < 0) return `'${text.replaceAll("'", "'\\''")}'`;
  const escaped = text.replace(/["\\`]|\$(?!\{[A-Z_]+\})/g, (special) => `\\${special}`);
  return `"${escaped}"`;
};
