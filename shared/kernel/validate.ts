import type { z } from 'zod';
import { invalid, type Violation } from './app-error.ts';
import { plainMessage } from './plain-message.ts';

/** Enough to mend a request by; a body can have millions of unknown keys. */
const MAX_VIOLATIONS = 100;

/** The value as the schema gives it. @throws AppError `invalid-argument` that names every field. */
export function validate<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value, { error: plainMessage });
  if (parsed.success) return parsed.data;
  throw invalid(violationsOf(parsed.error).slice(0, MAX_VIOLATIONS));
}

export const violationsOf = ({ issues }: z.ZodError): Violation[] =>
  issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key].join('.'), message: 'is unknown' }))
      : [{ path: issue.path.join('.'), message: issue.message }],
  );
