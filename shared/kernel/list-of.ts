import { z } from 'zod';
import { MAX_VIOLATIONS } from './app-error.ts';
import { plainMessage } from './plain-message.ts';
import { violationsOf } from './violations-of.ts';

/**
 * A list of at least one of these. Of a body with millions of faults the first hundred tell as much as
 * all of them: with `z.array` they took eleven seconds, and more stack than there is.
 */
export const listOf = <S extends z.ZodType>(schema: S, whenEmpty: string) =>
  z
    .array(z.unknown())
    .min(1, whenEmpty)
    .transform((values, context): z.output<S>[] => {
      const read: z.output<S>[] = [];
      for (const [index, value] of values.entries()) {
        const parsed = schema.safeParse(value, { error: plainMessage });
        if (parsed.success) read.push(parsed.data);
        else
          for (const { path, message } of violationsOf(parsed.error))
            context.addIssue({ code: 'custom', path: path ? [index, path] : [index], message });
        if (context.issues.length >= MAX_VIOLATIONS) break;
      }
      return read;
    });
