import type { z } from 'zod';
import { MAX_VIOLATIONS, type Violation } from './app-error.ts';

/** The first of them, as many as an answer tells. */
export const violationsOf = ({ issues }: z.ZodError): Violation[] =>
  issues
    .slice(0, MAX_VIOLATIONS)
    .flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys
            .slice(0, MAX_VIOLATIONS)
            .map((key) => ({ path: [...issue.path, key].join('.'), message: 'is unknown' }))
        : [{ path: issue.path.join('.'), message: issue.message }],
    )
    .slice(0, MAX_VIOLATIONS);
