import fc from 'fast-check';
import { expect } from 'vitest';
import type { AppendCommand, AppendResult } from '../../app/memory.ts';
import type { ItemDraft } from '../../domain/item.ts';
import { DAY_MS } from '../../kernel/clock.ts';
import { dropAbsent } from '../../kernel/drop-absent.ts';
import { mark, said, saying, sayings } from './drafts.ts';
import type { Model, ModelWorld, Place, Step } from './model-world.ts';
import { openCalls } from './plain-groups.ts';
import { askedOf, type SessionName } from './plain-memory.ts';
import { fails, label, onInstance, onSession, pick, same, step } from './step.ts';

/** A key is remembered for seven days; what is sent again in between counts as the same. */
const RESENT_WITHIN_MS = 6 * DAY_MS;

export const requestOf = (
  { userId, sessionId }: SessionName,
  items: readonly ItemDraft[],
  { clock }: ModelWorld,
): AppendCommand => ({ userId, sessionId, items, startedAtMs: clock.now(), isEvent: false });

/** Appends and checks the answer: new items get the next seqs, known ones what they got before. */
export async function append(
  model: Model,
  world: ModelWorld,
  {
    name,
    items,
    place,
    retentionDays,
  }: {
    name: SessionName;
    items: readonly ItemDraft[];
    place: Place;
    retentionDays?: number;
  },
): Promise<void> {
  model.plain.expire(world.clock.now());
  const request = requestOf(name, items, world);
  const command = { ...request, ...dropAbsent({ retentionDays }) };
  const result = await world.instances[place].memory.append(command);
  takeIn(model, world, request, result);
  const { lastSeq = 0, items: live = [] } = model.plain.session(name) ?? {};
  same(result.session, { itemCount: live.length, lastSeq });
}

/** Takes an answer in, and checks all of it but the counters, which others may have moved on. */
export function takeIn(
  { plain }: Model,
  { clock }: ModelWorld,
  { items, ...name }: SessionName & Pick<AppendCommand, 'items'>,
  result: AppendResult,
): void {
  const nowMs = clock.now();
  const asked = askedOf(items);
  const known = plain.known(name, asked, nowMs);
  expect(result.items).toHaveLength(asked.length);
  expect(result.isReplay).toBe(known.every((one) => one !== undefined));
  for (const [index, one] of asked.entries()) {
    const receipt = result.items[index];
    if (!receipt) throw new TypeError('There are as many answers as items');
    const before = known[index];
    if (before) {
      same(receipt, before.receipt);
      continue;
    }
    const seq = (plain.session(name)?.lastSeq ?? 0) + 1;
    const createdAtMs = one.draft.createdAtMs ?? nowMs;
    expect(receipt).toMatchObject({ seq, createdAtMs, tier: 'hot' });
    plain.add(name, one, receipt, nowMs);
  }
  if (isKeyed(items)) plain.sent.push({ ...name, items, atMs: nowMs });
}

const isKeyed = (items: readonly ItemDraft[]): boolean =>
  items.some(({ idempotencyKey }) => idempotencyKey !== undefined);

export const appending: fc.Arbitrary<Step> = fc
  .record({ name: onSession, place: onInstance, list: sayings, isTwice: fc.boolean() })
  .map(({ name, place, list, isTwice }) =>
    step(`append ${list.length} to ${label(name)} on ${place}`, async (model, world) => {
      const items = list.map((one) => said(model.plain, one, world.clock.now()));
      await append(model, world, { name, items, place });
      if (isTwice && isKeyed(items)) {
        await append(model, world, { name, items, place: place === 0 ? 1 : 0 });
      }
    }),
  );

/** Of what is said and of what was: from the next command on, what is older is gone. */
export const limitingRetention: fc.Arbitrary<Step> = fc
  .record({ name: onSession, place: onInstance, one: saying, days: fc.constantFrom(9, 30, 45) })
  .map(({ name, place, one, days: retentionDays }) =>
    step(`keep ${label(name)} for ${retentionDays} days from now on`, async (model, world) => {
      const items = [said(model.plain, { ...one, isKeyed: false }, world.clock.now())];
      await append(model, world, { name, items, place, retentionDays });
      const session = model.plain.session(name);
      if (session) session.retentionDays = retentionDays;
    }),
  );

/** A client that did not get its answer sends again: the same, or the same and more. */
export const appendingAgain: fc.Arbitrary<Step> = fc
  .record({ place: onInstance, which: fc.nat(), hasMore: fc.boolean() })
  .map(({ place, which, hasMore }) =>
    step(`send request ${which} again on ${place}`, async (model, world) => {
      const { plain } = model;
      const request = sentLately(model, world, which);
      if (!request) return;
      const more = { content: `more ${mark(plain)}`, contentType: 'user_message' };
      const items = hasMore ? [...request.items, more] : request.items;
      await append(model, world, { name: request, items, place });
    }),
  );

function sentLately({ plain }: Model, { clock }: ModelWorld, which: number) {
  const recent = plain.sent.filter(({ atMs }) => clock.now() - atMs < RESENT_WITHIN_MS);
  return pick(recent, which);
}

export const reusingAKey: fc.Arbitrary<Step> = fc
  .record({ place: onInstance, which: fc.nat() })
  .map(({ place, which }) =>
    step(`use the key of request ${which} for something else`, async (model, world) => {
      const { plain } = model;
      const request = sentLately(model, world, which);
      const keyed = request?.items.find(({ idempotencyKey }) => idempotencyKey !== undefined);
      if (!request || !keyed) return;
      // Gone with the session, it may be used again.
      if (!plain.session(request)?.answered.has(`own ${keyed.idempotencyKey}`)) return;
      const items = [
        { content: `new ${mark(plain)}`, contentType: 'user_message' },
        { ...keyed, content: 'something else' },
      ];
      const { memory } = world.instances[place];
      await fails(memory.append(requestOf(request, items, world)), 'conflict');
    }),
  );

export const callingTools: fc.Arbitrary<Step> = fc
  .record({ name: onSession, place: onInstance, answered: fc.integer({ min: 0, max: 3 }) })
  .map(({ name, place, answered }) =>
    step(`call three tools in ${label(name)}, ${answered} answer`, async (model, world) => {
      const ids = [0, 1, 2].map(() => `call-${model.plain.draw()}`);
      const call = {
        content: '',
        contentType: 'tool_call',
        toolCalls: ids.map((id) => ({ id, name: `tool_${id}`, arguments: { id } })),
      };
      const items = [call, ...ids.slice(0, answered).map((id) => resultOf(id, model))];
      await append(model, world, { name, items, place });
    }),
  );

/** Late, in any order, or of a call that was answered or deleted before. */
export const answeringLate: fc.Arbitrary<Step> = fc
  .record({ name: onSession, place: onInstance, which: fc.nat() })
  .map(({ name, place, which }) =>
    step(`answer open call ${which} of ${label(name)}`, async (model, world) => {
      const open = openCalls(model.plain.items(name));
      const id = pick(open, which);
      if (id) await append(model, world, { name, items: [resultOf(id, model)], place });
    }),
  );

const resultOf = (id: string, { plain }: Model): ItemDraft => ({
  content: JSON.stringify({ found: mark(plain) }),
  contentType: 'tool_result',
  toolCallId: id,
});
