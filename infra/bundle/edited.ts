import { readFileSync } from 'node:fs';

/** A text that stands once in a file, and what stands there instead. */
export type Edit = readonly [find: string, replace: string];

/**
 * A file with these edits.
 *
 * @throws Error when it is not the one that they were written for.
 */
export const edited = (file: string, edits: readonly Edit[]): string =>
  edits.reduce(
    (text, [find, replace]) => {
      if (text.split(find).length !== 2)
        throw new Error(`expected "${find.trim()}" once in ${file}`);
      return text.replace(find, () => replace);
    },
    readFileSync(file, 'utf8'),
  );
