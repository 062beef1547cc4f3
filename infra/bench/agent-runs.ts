import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { AppError } from '../../shared/kernel/app-error.ts';
import { isJsonObject, type JsonObject } from '../../shared/kernel/json.ts';

const Runs = z
  .array(z.object({ traj: z.array(z.custom<JsonObject>(isJsonObject)).min(1) }))
  .min(1)
  .transform((runs) => runs.map(({ traj }) => traj));

const SHAPE = 'a JSON list of { "traj": [chat-completions messages] }';

/**
 * Recorded agent runs, each a list of chat-completions messages.
 *
 * @throws AppError `invalid-argument` that says what to give when the file is not there, or no such list.
 */
export function readAgentRuns(file: string | undefined): readonly (readonly JsonObject[])[] {
  if (file === undefined) {
    throw refused(`Name a file of recorded agent runs with --file PATH: ${SHAPE}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw refused(`${file} could not be read as ${SHAPE}`, cause);
  }
  const parsed = Runs.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw refused(`${file} is not ${SHAPE}: ${issue?.path.join('.')}: ${issue?.message}`);
}

const refused = (message: string, cause?: unknown): AppError =>
  new AppError('invalid-argument', message, { cause });
