import type { Group } from '../group.ts';

/** The parts of a context in the order in which they are rendered. */
export interface Arrangement {
  readonly before: readonly Group[];
  readonly memory?: string | undefined;
  readonly recent: readonly Group[];
}
