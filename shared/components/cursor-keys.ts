import { lazy } from '../kernel/lazy.ts';
import { newSecret } from '../kernel/new-id.ts';
import type { SecretStore } from '../ports/secret-store.ts';

/** The keys of cursors. Asked for by a request that makes or takes one, and by no other. */
export interface CursorKeys {
  forSigning(): Promise<string>;
  /** Whose signatures count. None: nobody was given a cursor yet. */
  accepted(): Promise<readonly string[]>;
}

const NAME = 'cursor-key';

/**
 * The keys that were given, newest first: the first signs, all are accepted. Else one that the durable
 * store keeps for all instances: made by the first that gives a cursor out, and read once in a process.
 * Who only takes one makes none: a refused request changes nothing.
 */
export function cursorKeysOf(
  secrets: SecretStore,
  [newest, ...older]: readonly string[] = [],
): CursorKeys {
  if (newest !== undefined) {
    return { forSigning: async () => newest, accepted: async () => [newest, ...older] };
  }
  let known: string | undefined;
  const forSigning = lazy(async () => {
    known = await secrets.keep(NAME, newSecret());
    return known;
  });
  return {
    forSigning,
    async accepted() {
      known ??= await secrets.find(NAME);
      return known === undefined ? [] : [known];
    },
  };
}
