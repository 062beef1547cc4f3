import type { SessionKey } from '../../domain/ids.ts';

/** Keys of a session share a hash tag: in a cluster they stand on one node, within one script. */
export const headKey = (prefix: string, key: SessionKey): string => `${prefix}:{${key}}:head`;
export const ticketKey = (prefix: string, key: SessionKey): string => `${prefix}:{${key}}:ticket`;
export const accessesKey = (prefix: string, key: SessionKey): string =>
  `${prefix}:{${key}}:accesses`;

/** The sessions with accesses that are not drained yet. */
export const dirtyKey = (prefix: string): string => `${prefix}:dirty`;
