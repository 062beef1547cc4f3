import { type DocumentSnapshot, Timestamp } from '@google-cloud/firestore';
import type { SessionChange } from '../../domain/change.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { Tombstone } from '../../ports/erasure-store.ts';
import { isNotFound } from './firestore-error.ts';
import { type Layout, userKeyOf } from './layout.ts';
import { pack, unpack } from './packing.ts';

/** Heads marked side by side. */
const MARKED_AT_ONCE = 50;

/** The tombstone in a document; `undefined` when there is none or it expired. */
export function liveTombstone(snapshot: DocumentSnapshot, nowMs: number): Tombstone | undefined {
  const data = snapshot.data();
  if (!data) return undefined;
  const tombstone = unpack<Tombstone>(data, 'tombstone');
  return tombstone.expiresAtMs >= nowMs ? tombstone : undefined;
}

/** @throws AppError `unavailable` or `erased` when the tombstone stands against the change. */
export function assertAllowed(tombstone: Tombstone | undefined, { guard }: SessionChange): void {
  if (!tombstone) return;
  if (tombstone.status === 'erasing') {
    throw new AppError('unavailable', 'The user is being erased; nothing is written meanwhile');
  }
  if (guard && (guard.isEvent || guard.startedAtMs <= tombstone.erasedAtMs)) {
    throw new AppError('erased', 'The user was erased; what came from before is not taken');
  }
}

/**
 * Users that were erased. An append to a session that exists reads no tombstone, so a tombstone
 * comes to the heads instead: after it is written every head of the user is marked, which changes
 * the document's update time and so fails every commit that was decided before. A marked head is
 * only written in a transaction that reads the tombstone; so is the first head of a session, and it
 * is marked then. A head is thus either older than the tombstone, found by the query and marked, or
 * younger, and was created knowing it.
 *
 * Until all heads are marked the tombstone is not `settled`: whoever reads it finishes the marking
 * before the erasure goes on, so that a crash in between leaves no unmarked head behind.
 */
export class Tombstones {
  readonly #layout: Layout;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  async read(userId: string, nowMs: number): Promise<Tombstone | undefined> {
    const snapshot = await this.#layout.tombstone(userId).get();
    const tombstone = liveTombstone(snapshot, nowMs);
    if (tombstone && snapshot.get('isSettled') !== true) await this.#settle(tombstone);
    return tombstone;
  }

  async put(tombstone: Tombstone): Promise<void> {
    await this.#layout.tombstone(tombstone.userId).set({
      ...pack(tombstone, 'tombstone'),
      isSettled: false,
      expireAt: Timestamp.fromMillis(tombstone.expiresAtMs),
    });
    await this.#settle(tombstone);
  }

  async #settle({ userId, expiresAtMs }: Tombstone): Promise<void> {
    const heads = await this.#layout.sessions
      .where('user', '==', userKeyOf(userId))
      .orderBy('lastItemAtMs', 'desc')
      .orderBy('sessionId')
      .select('guardedUntilMs')
      .get();
    // One that was cut off by the time it took goes on where it stopped.
    const unmarked = heads.docs.filter((head) => head.get('guardedUntilMs') !== expiresAtMs);
    for (let from = 0; from < unmarked.length; from += MARKED_AT_ONCE) {
      const some = unmarked.slice(from, from + MARKED_AT_ONCE);
      await Promise.all(
        some.map(({ ref }) =>
          ref.update({ guardedUntilMs: expiresAtMs }).catch((error: unknown) => {
            // Deleted meanwhile: nothing is left to be marked.
            if (!isNotFound(error)) throw error;
          }),
        ),
      );
    }
    await this.#layout.tombstone(userId).update({ isSettled: true });
  }
}
