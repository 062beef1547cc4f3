import { describe, expect, it } from 'vitest';
import {
  DeadLetterNotice,
  MemoryEvent,
  MigrateCommand,
  SummarizeCommand,
} from '../domain/events.ts';
import { sessionKeyOf } from '../domain/ids.ts';
import { DAY_MS } from '../kernel/clock.ts';
import { deadlineAfter } from '../kernel/deadline.ts';
import type { BusMessage } from '../ports/event-bus.ts';
import { memoryOfTest, USER } from '../testing/temporary-memory.ts';
import { TOPICS, type Topic } from '../topology.ts';
import { migrateMessage } from './messages.ts';

const SECRET = 'zebra-quartz-7719';
const session = { userId: USER, sessionId: 's' };
const sessionKey = sessionKeyOf(session);

/** Every message of a life: appended, summarised, aged, deleted from, parked, erased. */
async function publishedInALife(): Promise<readonly BusMessage[]> {
  const thresholds = { 'tiers.hot.items': { warning: 1, critical: 1_000 } };
  const options = { alertPendingSamples: 1, alertThresholds: thresholds };
  const temp = await memoryOfTest({ options });
  const { memory, metrics, bus } = temp.system;
  const seen: BusMessage[] = [];
  const published: readonly Topic[] = [TOPICS.events, TOPICS.summarize, TOPICS.migrate];
  for (const topic of published) {
    bus.subscribe(topic, 'test', async (message) => void seen.push(message));
  }
  bus.subscribe(TOPICS.deadLetter, 'test', async (message) => void seen.push(message));
  const deadline = () => deadlineAfter(60_000, temp.clock);
  const items = Array.from({ length: 40 }, (_, n) => `${SECRET} number ${n} was told on Monday.`);
  const [first = ''] = await temp.append('s', ...items);
  await metrics.collect();
  await memory.summarizeSession(session);
  temp.clock.advance(40 * DAY_MS);
  await memory.migrateTiers({ dryRun: false, deadline: deadline() });
  await memory.deleteItem(first);
  await temp.append('t', SECRET);
  await memory.deleteSession({ ...session, sessionId: 't' });
  await memory.park({
    ...session,
    name: 'ingest-items',
    topic: 'memory-append',
    messageId: 'm1',
    reason: { code: 'conflict', detail: 'Used', violations: [{ path: SECRET, message: 'no' }] },
    message: { data: SECRET },
    attempts: 1,
  });
  await memory.eraseUser(USER, deadline());
  await metrics.collect();
  await bus.drain();
  return seen;
}

describe('what is published', () => {
  it('is of the version and shape that consumers take, and holds no content', async () => {
    const messages = await publishedInALife();
    const schemas = {
      'memory-events': MemoryEvent,
      'memory-summarize': SummarizeCommand,
      'memory-migrate': MigrateCommand,
      'memory-dead-letter': DeadLetterNotice,
      'memory-append': undefined,
    };
    for (const { topic, data } of messages) {
      expect(data['version']).toBe(1);
      // Nothing beside what the schema knows: that is where content could hide.
      expect(schemas[topic]?.parse(data)).toEqual(data);
    }
    expect(JSON.stringify(messages)).not.toContain(SECRET);
    const kinds = messages.map(({ topic, data, attributes }) => [
      topic,
      data['type'],
      attributes?.['type'],
    ]);
    expect(new Set(kinds.map((kind) => kind.join(' ')))).toEqual(
      new Set([
        'memory-events item.appended item.appended',
        'memory-summarize  ',
        'memory-events pressure.raised pressure.raised',
        'memory-events session.summarized session.summarized',
        'memory-events session.migrated session.migrated',
        'memory-events item.deleted item.deleted',
        'memory-dead-letter  ',
        'memory-events user.erased user.erased',
        'memory-events pressure.cleared pressure.cleared',
      ]),
    );
  });

  it('comes in order for each session', async () => {
    const messages = await publishedInALife();
    const ofSession = messages.filter(
      ({ topic, data }) => topic !== TOPICS.deadLetter && data['sessionId'] === 's',
    );
    expect(ofSession.length).toBeGreaterThan(4);
    expect(new Set(ofSession.map(({ orderingKey }) => orderingKey))).toEqual(new Set([sessionKey]));
  });
});

it('hands a session out by its names, in the order of its key', () => {
  expect(migrateMessage(session, sessionKey)).toEqual({
    topic: 'memory-migrate',
    orderingKey: sessionKey,
    data: { version: 1, userId: 'user-1', sessionId: 's' },
  });
});
