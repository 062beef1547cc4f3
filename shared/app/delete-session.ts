import { type SessionRef, sessionKeyOf } from '../domain/ids.ts';
import { METRICS } from '../domain/metrics/catalogue.ts';
import type { AccessLog } from '../ports/access-log.ts';
import type { ErasureStore } from '../ports/erasure-store.ts';
import { type AnnounceDeps, announce } from './announce.ts';
import { eventMessage } from './messages.ts';

export interface DeleteSessionDeps extends AnnounceDeps {
  readonly erasure: ErasureStore;
  readonly accessLog: AccessLog;
}

/** Documents that one step removes. */
const STEP_DOCUMENTS = 500;

/** Deletes a whole session for good. One that does not exist is deleted already. */
export async function deleteSession(deps: DeleteSessionDeps, session: SessionRef): Promise<void> {
  const { erasure, accessLog, meter } = deps;
  const key = sessionKeyOf(session);
  let items = 0;
  for (;;) {
    const step = await erasure.eraseSession(key, STEP_DOCUMENTS);
    items += step.items;
    if (step.isDone) break;
  }
  accessLog.drop(key);
  meter.count(METRICS.itemsDeleted, items);
  const { userId, sessionId } = session;
  await announce(deps, key, [eventMessage(key, { type: 'item.deleted', userId, sessionId })]);
}
