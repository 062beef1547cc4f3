import { invalid } from '../kernel/app-error.ts';
import { StrataOptions } from '../options.ts';

const NAMES: readonly string[] = Object.keys(StrataOptions.shape);

/**
 * The options among what a caller gave, with the defaults of the rest. What is no option of ours,
 * for example a logger, is left alone.
 *
 * @throws AppError `invalid-argument` that names every option out of bounds.
 */
export function readOptions(given: object): StrataOptions {
  const options = Object.fromEntries(
    Object.entries(given).filter(([name]) => NAMES.includes(name)),
  );
  const parsed = StrataOptions.safeParse(options);
  if (parsed.success) return parsed.data;
  throw invalid(
    parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
    'An option is out of bounds',
  );
}
