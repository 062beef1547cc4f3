import { describe, expect, it } from 'vitest';
import {
  AppendVersion,
  acceptedVersions,
  DeadLetterNotice,
  MemoryEvent,
  MigrateCommand,
  SummarizeCommand,
} from './events.ts';

const session = { userId: 'u1', sessionId: 's1' };
const reason = { code: 'conflict', detail: 'Used' };

describe('acceptedVersions', () => {
  it.each([
    [1, [1]],
    [2, [2, 1]],
    [7, [7, 6]],
  ])('of version %i are %j: the current one and the one before', (current, accepted) => {
    expect(acceptedVersions(current)).toEqual(accepted);
  });
});

describe.each([
  ['memory-append', AppendVersion, { userId: 'u1', sessionId: 's1', content: 'hello' }],
  ['memory-summarize', SummarizeCommand, session],
  ['memory-migrate, a session', MigrateCommand, session],
  ['memory-migrate, a shard', MigrateCommand, { shard: 0 }],
  ['memory-events', MemoryEvent, { type: 'item.deleted', ...session }],
  [
    'memory-dead-letter',
    DeadLetterNotice,
    { function: 'ingest-items', topic: 'memory-append', messageId: 'm1', reason },
  ],
])('a message on %s', (_topic, schema, fields) => {
  it('is taken in version 1, with all its fields', () => {
    expect(schema.parse({ version: 1, ...fields })).toEqual({ version: 1, ...fields });
  });

  it.each([0, 2, '1', null])('is refused in version %j', (version) => {
    expect(schema.safeParse({ version, ...fields }).success).toBe(false);
  });
});

it('takes commands and facts without a version for none', () => {
  expect(SummarizeCommand.safeParse(session).success).toBe(false);
  expect(MigrateCommand.safeParse({ shard: 0 }).success).toBe(false);
  expect(MemoryEvent.safeParse({ type: 'item.deleted', ...session }).success).toBe(false);
});

it('takes an append without a version: it is the body of an HTTP request', () => {
  expect(AppendVersion.parse({ userId: 'u1' })).toEqual({ userId: 'u1' });
});

it('passes over fields that a later release adds', () => {
  const later = { version: 1, ...session, priority: 'high' };
  expect(SummarizeCommand.parse(later)).toEqual({ version: 1, ...session });
});
