import { openSqlite } from '../adapters/sqlite/open-sqlite.ts';
import { withAnchors } from '../domain/anchors.ts';
import type { SessionChange } from '../domain/change.ts';
import type { Fact, HeadEntry, SessionHead, Summary } from '../domain/head.ts';
import { entryOf, referenceOf } from '../domain/head-window.ts';
import type { StoredItem } from '../domain/item.ts';
import { countItems, countSegment, NO_ITEMS } from '../domain/tier-counts.ts';
import type { TokenCorrection } from '../domain/token-correction.ts';
import type { Clock } from '../kernel/clock.ts';
import type { SessionStore } from '../ports/session-store.ts';
import { aChange, aDueItem, aHead, aSegment, aSession } from './builders.ts';

/** A session as it could have come to be: what its head holds does not follow from its items. */
export interface Scene {
  readonly items: readonly StoredItem[];
  /** Higher than that of the last item when what came after it was deleted. */
  readonly lastSeq?: number;
  /** How many of the newest items the head's window holds. */
  readonly windowItems?: number;
  /** Items up to this seq are cold. */
  readonly coldToSeq?: number;
  /** Stands by reference in the window, whatever its size. */
  readonly isReference?: (item: StoredItem) => boolean;
  readonly summary?: Summary;
  readonly facts?: readonly Fact[];
  readonly correction?: TokenCorrection;
}

/** Whose session a scene is. */
export const SCENE_SESSION = aSession();

export const summaryTo = (toSeq: number): Summary => ({
  id: 's1',
  text: 'They met. They talked.',
  fromSeq: 1,
  toSeq,
  tokens: 8,
  model: 'test',
  isFallback: false,
  createdAtMs: 0,
});

export function headOfScene(
  { items, windowItems = 50, coldToSeq = 0, ...scene }: Scene,
  session = SCENE_SESSION,
): SessionHead {
  const cold = items.filter(({ seq }) => seq <= coldToSeq);
  const rest = items.filter(({ seq }) => seq > coldToSeq);
  const { isReference = () => false, summary, facts = [], correction } = scene;
  const lastSeq = scene.lastSeq ?? items.at(-1)?.seq ?? 0;
  const entry = (item: StoredItem): HeadEntry =>
    isReference(item) ? referenceOf(item) : entryOf(item);
  return aHead(session, {
    lastSeq,
    tiers: countItems(
      cold.length > 0 ? countSegment(NO_ITEMS, aSegment(cold), 1) : NO_ITEMS,
      rest,
      1,
    ),
    tokens: items.reduce((sum, { tokens }) => sum + tokens, 0),
    window: items.slice(Math.max(0, items.length - windowItems)).map(entry),
    anchors: withAnchors([], items),
    facts,
    ...(summary ? { summary } : {}),
    ...(correction ? { correction } : {}),
  });
}

/** A store of its own that holds the scene. */
export async function storeOfScene(scene: Scene, clock: Clock): Promise<SessionStore> {
  const { store } = openSqlite({ path: ':memory:', clock });
  await store.commit(changeOfScene(scene));
  return store;
}

/** Makes a scene out of nothing. */
export function changeOfScene(scene: Scene, session = SCENE_SESSION): SessionChange {
  const { items, coldToSeq = 0 } = scene;
  const cold = items.filter(({ seq }) => seq <= coldToSeq);
  return aChange(undefined, headOfScene(scene, session), {
    putItems: items.filter(({ seq }) => seq > coldToSeq).map((item) => aDueItem(item)),
    putSegments: cold.length > 0 ? [aSegment(cold)] : [],
  });
}
