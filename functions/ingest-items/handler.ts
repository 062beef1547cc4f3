import { AppendVersion } from '../../shared/domain/events.ts';
import type { ItemDraft } from '../../shared/domain/item.ts';
import { isJsonObject } from '../../shared/kernel/json.ts';
import { composeKey, hashKey } from '../../shared/kernel/key.ts';
import { validate } from '../../shared/kernel/validate.ts';
import { consumer, type EventHandler } from '../event/consumer.ts';
import type { Delivery } from '../event/pubsub.ts';
import { type AppendRequest, readAppendRequest } from '../http/append-request.ts';
import type { OpenRuntime, Runtime } from '../runtime.ts';

/** Appends what a publisher sent. Delivered twice, it takes effect once. */
export const ingestItems = (open: OpenRuntime): EventHandler =>
  consumer<AppendRequest>({ name: 'ingest-items', decode, run }, open);

function decode(data: unknown, delivery: Delivery, { clock }: Runtime): AppendRequest {
  const { version: _, ...body } = validate(AppendVersion, data);
  const { items, ...session } = readAppendRequest(isJsonObject(body) ? body : {}, clock.now());
  return { ...session, items: items.map((item, index) => withKey(item, index, delivery)) };
}

/** The key that makes a redelivery harmless, also when the ledger has forgotten it. */
const withKey = (item: ItemDraft, index: number, { source, messageId }: Delivery): ItemDraft => ({
  idempotencyKey: `event/${hashKey(composeKey(source, messageId))}/${index}`,
  ...item,
});

const run = ({ memory, clock }: Runtime, request: AppendRequest) =>
  memory.append({ ...request, startedAtMs: clock.now(), isEvent: true });
