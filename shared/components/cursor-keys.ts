import { lazy } from '../kernel/lazy.ts';
import { newSecret } from '../kernel/new-id.ts';
import type { SecretStore } from '../ports/secret-store.ts';

/** The keys of cursors, newest first: the first signs, every one is accepted. Never empty. */
export type CursorKeys = () => Promise<readonly [string, ...string[]]>;

const NAME = 'cursor-key';

/**
 * The keys that were given, or else one that the durable store keeps for all instances: made by the
 * first that needs it, asked for once in a process, and only by a request that makes or takes a cursor.
 */
export const cursorKeysOf = (
  secrets: SecretStore,
  [newest, ...older]: readonly string[] = [],
): CursorKeys =>
  lazy(async () =>
    newest === undefined ? [await secrets.keep(NAME, newSecret())] : [newest, ...older],
  );
