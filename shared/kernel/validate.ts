import type { z } from 'zod';
import { invalid } from './app-error.ts';
import { plainMessage } from './plain-message.ts';
import { violationsOf } from './violations-of.ts';

/** The value as the schema gives it. @throws AppError `invalid-argument` that names every field. */
export function validate<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value, { error: plainMessage });
  if (parsed.success) return parsed.data;
  throw invalid(violationsOf(parsed.error));
}
