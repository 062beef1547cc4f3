import type { Violation } from '../kernel/app-error.ts';
import { nearestName } from '../kernel/nearest-name.ts';
import { plainMessage } from '../kernel/plain-message.ts';
import { violationsOf } from '../kernel/violations-of.ts';
import { StrataOptions } from '../options.ts';
import { refusal } from './refusal.ts';

const NAMES: readonly string[] = Object.keys(StrataOptions.shape);

/**
 * Our options among what a caller gave to a component, with the defaults of the rest.
 *
 * @param taken everything that the component takes, a logger for example too; a name that is none of
 *   these is refused, or a misspelt option would pass for its default.
 * @throws AppError `invalid-argument` that names every option unknown or out of bounds.
 */
export function readOptions(given: object, taken: Readonly<Record<string, true>>): StrataOptions {
  const options = Object.entries(given).filter(isOption);
  const parsed = StrataOptions.safeParse(Object.fromEntries(options), { error: plainMessage });
  const unknown = unknownOptions(given, Object.keys(taken));
  if (parsed.success && unknown.length === 0) return parsed.data;
  throw refusal([...unknown, ...(parsed.error ? violationsOf(parsed.error) : [])]);
}

/** A summariser of the caller's own has the name of an option, and is none. */
const isOption = ([name, value]: readonly [string, unknown]): boolean =>
  NAMES.includes(name) && !(name === 'summarizer' && typeof value === 'object');

const unknownOptions = (given: object, taken: readonly string[]): readonly Violation[] =>
  Object.keys(given)
    .filter((name) => !taken.includes(name))
    .map((path) => {
      const nearest = nearestName(path, taken);
      return { path, message: `is unknown${nearest ? `; did you mean ${nearest}?` : ''}` };
    });
