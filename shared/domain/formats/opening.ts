import type { JsonObject } from '../../kernel/json.ts';

interface Stretches {
  readonly before: readonly JsonObject[];
  readonly memory: JsonObject | undefined;
  readonly recent: readonly JsonObject[];
  /** A user message for an output that has no other to begin with. */
  readonly opener: JsonObject;
}

/** In order, with the memory or else the opener moved to the front where the model would begin. */
export function beginWithUser({ before, memory, recent, opener }: Stretches): JsonObject[] {
  const remembered = memory ? [memory] : [];
  const ordered = [...before, ...remembered, ...recent];
  const role = ordered[0]?.['role'];
  if (role !== 'assistant' && role !== 'model') return ordered;
  return [memory ?? opener, ...before, ...recent];
}
