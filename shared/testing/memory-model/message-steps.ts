import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { ItemDraft } from '../../domain/item.ts';
import { AppError } from '../../kernel/app-error.ts';
import { DAY_MS } from '../../kernel/clock.ts';
import { checkCoverage } from './checks.ts';
import { said, saying } from './drafts.ts';
import type { EventFunction, Model, ModelWorld, Place, SentEvent, Step } from './model-world.ts';
import { label, onInstance, onSession, pick, pushed, same, step, together } from './step.ts';

/** A message comes again within this; an idempotency key is remembered for seven days. */
const REDELIVERED_WITHIN_MS = 6 * DAY_MS;
/** Another attempt may hold a delivery for as long as its append takes. */
const MAX_DELIVERIES = 200;
/** How long the events of an erased user are refused, by the options' default. */
const TOMBSTONE_MS = 31 * DAY_MS;

/** Delivers until it is acknowledged, as a subscription does. */
async function deliver(
  world: ModelWorld,
  place: Place,
  name: EventFunction,
  event: SentEvent['event'],
) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await world.deliver(place, name, event);
    } catch (thrown) {
      if (!AppError.from(thrown).retryable || attempt > MAX_DELIVERIES) throw thrown;
      await sleep(attempt);
    }
  }
}

/** The same command once more, on one instance or on both at once. */
export const redelivering: fc.Arbitrary<Step> = fc
  .record({ place: onInstance, which: fc.nat(), onBoth: fc.boolean() })
  .map(({ place, which, onBoth }) =>
    step(
      `deliver command ${which} again ${onBoth ? 'on both' : `on ${place}`}`,
      async (model, world) => {
        const command = pick(model.commands, which);
        if (!command) return;
        const places: Place[] = onBoth ? [0, 1] : [place];
        await together(places.map((one) => deliver(world, one, command.name, command.event)));
      },
    ),
  );

/** An append by event, delivered as often as drawn, on any instance or on both at once. */
export const ingesting: fc.Arbitrary<Step> = fc
  .record({
    name: onSession,
    list: fc.array(saying, { minLength: 1, maxLength: 3 }),
    places: fc.array(onInstance, { minLength: 1, maxLength: 3 }),
    isAtOnce: fc.boolean(),
  })
  .map(({ name, list, places, isAtOnce }) =>
    step(
      `event of ${list.length} for ${label(name)}, delivered on ${places}`,
      async (model, world) => {
        const nowMs = world.clock.now();
        // What expires at once could not be read, and nothing else tells what became of it.
        const isKept = model.plain.session(name)?.retentionDays === undefined;
        const fresh = isKept ? list : list.map((one) => ({ ...one, ageDays: 0 }));
        const items = fresh.map((one) => said(model.plain, one, nowMs));
        const event = pushed({ version: 1, ...name, items: items.map(bodyOf) }, nowMs);
        const sent = { ...name, event, items, atMs: nowMs };
        if (isAtOnce) {
          await together(places.map((one) => deliver(world, one, 'ingest-items', event)));
        } else {
          for (const one of places) await deliver(world, one, 'ingest-items', event);
        }
        await takeInEvent(model, world, sent);
        model.events.push(sent);
      },
    ),
  );

export const ingestingAgain: fc.Arbitrary<Step> = fc
  .record({ place: onInstance, which: fc.nat() })
  .map(({ place, which }) =>
    step(`deliver event ${which} again on ${place}`, async (model, world) => {
      const nowMs = world.clock.now();
      const recent = model.events.filter(({ atMs }) => nowMs - atMs < REDELIVERED_WITHIN_MS);
      const sent = pick(recent, which);
      if (!sent) return;
      await deliver(world, place, 'ingest-items', sent.event);
      const session = model.plain.session(sent);
      await checkCoverage(world, place, session, sent);
    }),
  );

const bodyOf = ({ createdAtMs, ...rest }: ItemDraft) => ({
  ...rest,
  ...(createdAtMs === undefined ? {} : { createdAt: new Date(createdAtMs).toISOString() }),
});

/** The system gives no answer to an event: what it appended is read. */
async function takeInEvent({ plain }: Model, world: ModelWorld, sent: SentEvent): Promise<void> {
  const { userId, sessionId, items, atMs } = sent;
  const before = plain.session(sent)?.lastSeq ?? 0;
  const erasedAtMs = plain.erasedAtMs.get(userId) ?? Number.NEGATIVE_INFINITY;
  const isRefused = atMs - erasedAtMs <= TOMBSTONE_MS;
  const query = { userId, sessionId, order: 'asc', limit: 500, fromSeq: before + 1 } as const;
  const { items: found } = await world.instances[0].memory.history(query);
  same(
    found.map(({ seq, content }) => ({ seq, content })),
    isRefused ? [] : items.map(({ content }, index) => ({ seq: before + index + 1, content })),
  );
  found.forEach(({ id, seq, createdAtMs, tokens }, index) => {
    const draft = items[index];
    if (!draft) return;
    const key = draft.idempotencyKey === undefined ? undefined : `own ${draft.idempotencyKey}`;
    const { idempotencyKey: _, ...rest } = draft;
    const receipt = { id, seq, tier: 'hot', createdAtMs, tokens };
    plain.add(sent, { draft, key, said: JSON.stringify(rest) }, receipt, atMs);
    const item = plain.items(sent).at(-1);
    if (item) item.reads++;
  });
}
