import { isDeepStrictEqual } from 'node:util';
import type { CloudEvent } from '@google-cloud/functions-framework';
import fc from 'fast-check';
import { expect } from 'vitest';
import { AppError } from '../../kernel/app-error.ts';
import { SUBSCRIPTIONS, TOPICS } from '../../topology.ts';
import type { Model, ModelWorld, SentCommand, Step } from './model-world.ts';
import { coveredTo, type SessionName } from './plain-memory.ts';

/** User and session ids that a careless key would mix up. */
const SESSIONS: readonly SessionName[] = [
  { userId: 'u', sessionId: 'a' },
  { userId: 'u', sessionId: 'a/b' },
  { userId: 'u/a', sessionId: 'b' },
];

export const onSession = fc.constantFrom(...SESSIONS);
export const onUser = fc.constantFrom('u', 'u/a');
export const onInstance = fc.constantFrom(0 as const, 1 as const);

/** As a command names it. */
export const label = ({ userId, sessionId }: SessionName): string => `${userId}:${sessionId}`;

/** A command that may always run; what the system published meanwhile is taken in behind it. */
export const step = (
  name: string,
  run: (model: Model, world: ModelWorld) => Promise<void>,
): Step => ({
  check: () => true,
  async run(model, world) {
    model.plain.expire(world.clock.now());
    await run(model, world);
    await listen(model, world);
  },
  toString: () => name,
});

/** One of a list, whatever its length when the command runs. */
export const pick = <T>(list: readonly T[], which: number): T | undefined =>
  list[which % (list.length || 1)];

/** As `expect(found).toEqual(expected)`, and quicker where it is so. */
export function same(found: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(found, expected)) expect(found).toEqual(expected);
}

/** As `Promise.all`, but it ends when all have ended, also when one failed. */
export async function together<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

/** As `expect(work).rejects`, which would keep every run of the model in memory until the test ends. */
export async function fails(work: Promise<unknown>, code: string): Promise<void> {
  const outcome = await work.then(
    () => 'it did not fail',
    (error: unknown) => AppError.from(error).code,
  );
  expect(outcome).toBe(code);
}

let messages = 0;

/** A message as a push subscription delivers it, with an id that no other has. */
export function pushed(data: object, atMs: number): CloudEvent<unknown> {
  const messageId = `m${++messages}`;
  const message = {
    messageId,
    publishTime: new Date(atMs).toISOString(),
    data: Buffer.from(JSON.stringify(data)).toString('base64'),
  };
  return {
    id: messageId,
    source: 'pubsub',
    type: 'message',
    specversion: '1.0',
    data: { message },
  };
}

/** Commands are kept, to be delivered again; a new summary is what the system says that it is. */
export async function listen({ plain, commands }: Model, world: ModelWorld): Promise<void> {
  for (const { topic, data } of await world.published()) {
    const target = SUBSCRIPTIONS.find((one) => one.topic === topic)?.target;
    if (isCommand(target)) commands.push({ name: target, event: pushed(data, world.clock.now()) });
    if (topic !== TOPICS.events || data['type'] !== 'session.summarized') continue;
    const { userId, sessionId, summaryId: id, fromSeq, toSeq } = data;
    const session = plain.session({ userId: String(userId), sessionId: String(sessionId) });
    if (!session) throw new Error(`A summary of ${userId}/${sessionId}, which is not there`);
    expect(fromSeq).toBe(1);
    expect(toSeq).toBeGreaterThan(coveredTo(session));
    expect(toSeq).toBeLessThanOrEqual(session.lastSeq);
    session.summaries.push({ id: String(id), fromSeq: 1, toSeq: Number(toSeq) });
  }
}

const isCommand = (name: string | undefined): name is SentCommand['name'] =>
  name === 'summarize-session' || name === 'migrate-session';
