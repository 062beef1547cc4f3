import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect } from 'vitest';
import { isAnchor } from '../../domain/item.ts';
import { AppError } from '../../kernel/app-error.ts';
import { deadlineAfter } from '../../kernel/deadline.ts';
import { requestOf } from './append-steps.ts';
import { checkCoverage } from './checks.ts';
import { mark } from './drafts.ts';
import type { Model, ModelWorld, Place, Step } from './model-world.ts';
import { fails, label, onInstance, onSession, onUser, pick, same, step } from './step.ts';
import { cutShort } from './time-steps.ts';

const MAX_ATTEMPTS = 100;

const onItem = { name: onSession, place: onInstance, which: fc.nat() };

export const patching: fc.Arbitrary<Step> = fc
  .record({ ...onItem, isPin: fc.boolean() })
  .map(({ name, place, which, isPin }) =>
    step(
      `${isPin ? 'pin' : 'note'} item ${which} of ${label(name)} on ${place}`,
      async ({ plain }, world) => {
        const { memory } = world.instances[place];
        const session = plain.session(name);
        const item = session && pick(session.items, which);
        if (!session || !item) return;
        if (isPin) item.isPinned = !item.isPinned;
        else item.metadata = { note: mark(plain) };
        // Summaries left it out.
        if (isPin && !isAnchor({ pinned: item.isPinned, contentType: item.said.contentType }))
          plain.dropSummaries(session, item);
        const patch = isPin ? { pinned: item.isPinned } : { metadata: item.metadata ?? {} };
        const { pinned, metadata } = await memory.patchItem(item.id, patch, name.userId);
        same({ pinned, metadata }, { pinned: item.isPinned, metadata: item.metadata });
      },
    ),
  );

export const deletingAnItem: fc.Arbitrary<Step> = fc.record(onItem).map(({ name, place, which }) =>
  step(`delete item ${which} of ${label(name)} on ${place}`, async ({ plain }, world) => {
    const { memory } = world.instances[place];
    const session = plain.session(name);
    const item = session && pick(session.items, which);
    if (!session || !item) return;
    const others = memory.deleteItem(item.id, `${name.userId}x`);
    await fails(others, 'not-found');
    await memory.deleteItem(item.id, name.userId);
    const dropped = session.summaries.filter(({ toSeq }) => toSeq >= item.seq);
    plain.remove(session, item);
    // An older one that stood behind it may be due by now.
    plain.expire(world.clock.now());
    await fails(memory.readItem(item.id), 'not-found');
    for (const { id } of dropped) {
      await fails(memory.readSummary(id, { expand: false, limit: 1 }), 'not-found');
    }
    await checkCoverage(world, place, session, name);
  }),
);

export const deletingASession: fc.Arbitrary<Step> = fc
  .record({ name: onSession, place: onInstance })
  .map(({ name, place }) =>
    step(`delete ${label(name)} on ${place}`, async (model, world) => {
      const { memory } = world.instances[place];
      if (world.redis && world.redis.state !== 'up') {
        const refused = await memory.deleteSession(name).catch((error: unknown) => error);
        expect(AppError.from(refused).code).toBe('unavailable');
        await checkCoverage(world, place, model.plain.session(name), name);
        await world.redis.recover();
      }
      await insist(world, () => memory.deleteSession(name));
      model.plain.removeSession(name);
      forgetEvents(model, (one) => one.userId === name.userId && one.sessionId === name.sessionId);
      await checkCoverage(world, 0, undefined, name);
      await checkCoverage(world, 1, undefined, name);
    }),
  );

/** An event for a session that was deleted, not erased, may bring it back once its keys are gone. */
function forgetEvents({ events }: Model, isGone: (one: Model['events'][number]) => boolean): void {
  events.splice(0, events.length, ...events.filter((one) => !isGone(one)));
}

export const erasingAUser: fc.Arbitrary<Step> = fc
  .record({ userId: onUser, place: onInstance, cutAfter: fc.option(fc.nat(3), { nil: undefined }) })
  .map(({ userId, place, cutAfter }) =>
    step(`erase ${userId} on ${place}, cut after ${cutAfter}`, async (model, world) => {
      const { plain } = model;
      const { clock, instances, redis } = world;
      const isEmpty = !plain.sessions.some((one) => one.userId === userId);
      if (redis && redis.state !== 'up') {
        if (!isEmpty) await refuseErasure(world, place, userId);
        await redis.recover();
      }
      if (cutAfter !== undefined) {
        const other = instances[1 - place] ?? instances[0];
        const begin = () => other.memory.eraseUser(userId, cutShort(cutAfter));
        const receipt = await insist(world, begin);
        if (receipt.status === 'erasing') await refuseAppend(world, place, userId);
      }
      const deadline = deadlineAfter(60_000, clock);
      const finish = () => instances[place].memory.eraseUser(userId, deadline);
      const receipt = await insist(world, finish);
      expect(receipt).toMatchObject({ userId, status: 'erased', verifiedEmpty: true });
      same(await instances[place].memory.readReceipt(receipt.receiptId), receipt);
      plain.eraseUser(userId, clock.now());
      clock.advance(10);
      const { sessions } = await instances[place].memory.listSessions(userId, { limit: 5 });
      same(sessions, []);
    }),
  );

/** An erasure is refused while Redis does not answer in time, which a busy machine brings about too. */
async function insist<T>({ redis }: ModelWorld, erase: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await erase();
    } catch (thrown) {
      const isRefused = AppError.from(thrown).code === 'unavailable';
      if (!redis || !isRefused || attempt >= MAX_ATTEMPTS) throw thrown;
      await sleep(attempt);
    }
  }
}

/** With copies out of reach nothing is erased, and nothing is written until it is. */
async function refuseErasure(world: ModelWorld, place: Place, userId: string): Promise<void> {
  const { memory } = world.instances[place];
  const deadline = deadlineAfter(60_000, world.clock);
  await fails(memory.eraseUser(userId, deadline), 'unavailable');
  await refuseAppend(world, place, userId);
}

async function refuseAppend(world: ModelWorld, place: Place, userId: string): Promise<void> {
  const late = [{ content: 'late', contentType: 'user_message' }];
  const request = requestOf({ userId, sessionId: 'late' }, late, world);
  const refused = world.instances[place].memory.append(request);
  await fails(refused, 'unavailable');
}
