import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeDir, startTestStack, type TestStack } from './test-stack.ts';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(async () => {
  await stack.close();
  await removeDir(stack.dataDir);
});

const DAY_MS = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();
const aged = (content: string, days: number) => ({
  content,
  contentType: 'user_message',
  createdAt: daysAgo(days),
});
const write = (userId: string, sessionId: string, items: readonly object[]) =>
  stack.call('POST', '/write-items', { userId, sessionId, items });
const historyOf = async (userId: string, sessionId: string) => {
  const query = new URLSearchParams({ userId, sessionId, limit: '500' });
  return (await stack.call('GET', `/read-items/history?${query}`)).json.items;
};
const migrate = async (body: object = {}) =>
  (await stack.call('POST', '/migrate-tiers', body)).json;

describe('migrate-tiers', () => {
  it('moves items by age, keeps every one readable, and then has nothing to do', async () => {
    const items = [
      ...Array.from({ length: 30 }, (_, index) => aged(`cold ${index}`, 40)),
      ...Array.from({ length: 5 }, (_, index) => aged(`warm ${index}`, 10)),
      aged('hot', 1),
    ];
    const { json: appended } = await write('u1', 'aging', items);
    expect(new Set(appended.items.map(({ tier }: { tier: string }) => tier))).toEqual(
      new Set(['hot']),
    );

    const preview = await migrate({ dryRun: true });
    expect(preview).toMatchObject({ sessions: 1, hotToWarm: expect.any(Number), remaining: 0 });

    const report = await migrate();
    expect(report).toMatchObject({ sessions: 1, coldToWarm: 0, segmentsWritten: 1, remaining: 0 });
    expect(report.warmToCold).toBe(30);
    expect(report.bytesAfter).toBeLessThan(report.bytesBefore);
    expect(typeof report.durationMs).toBe('number');

    const after = await historyOf('u1', 'aging');
    expect(after.map(({ seq }: { seq: number }) => seq)).toEqual(
      Array.from({ length: 36 }, (_, index) => index + 1),
    );
    expect(after[0]).toMatchObject({ content: 'cold 0', tier: 'cold' });
    expect(after[29]).toMatchObject({ content: 'cold 29', tier: 'cold' });
    expect(after[30]).toMatchObject({ content: 'warm 0', tier: 'warm' });
    expect(after[35]).toMatchObject({ content: 'hot', tier: 'hot' });
    const one = await stack.call('GET', `/read-items/${appended.items[3].id}`);
    expect(one.json).toMatchObject({ content: 'cold 3', tier: 'cold' });

    const { json: coverage } = await stack.call(
      'GET',
      '/read-items/coverage?userId=u1&sessionId=aging',
    );
    expect(coverage).toMatchObject({ lastSeq: 36, gaps: [] });
    interface Range {
      readonly fromSeq: number;
      readonly toSeq: number;
      readonly tier: string;
    }
    const tiers = coverage.ranges.flatMap(({ fromSeq, toSeq, tier }: Range) =>
      Array(toSeq - fromSeq + 1).fill(tier),
    );
    expect(tiers).toEqual([...Array(30).fill('cold'), ...Array(5).fill('warm'), 'hot']);
    const { json } = await stack.call('GET', '/read-items/sessions?userId=u1');
    expect(json.sessions).toMatchObject([{ itemCount: 36, tiers: { hot: 1, warm: 5, cold: 30 } }]);

    // Item 4 was read twice, in a page and by its id: often enough to come back.
    expect(await migrate()).toMatchObject({ sessions: 1, coldToWarm: 1, warmToCold: 0 });
    expect(await migrate()).toMatchObject({
      sessions: 0,
      hotToWarm: 0,
      warmToCold: 0,
      coldToWarm: 0,
      segmentsWritten: 0,
    });
  });

  it('takes an empty body, as a scheduler sends it', async () => {
    expect((await stack.send('POST', '/migrate-tiers', {})).status).toBe(200);
    expect((await stack.send('POST', '/collect-metrics', {})).status).toBe(200);
  });

  it('runs twice at once without doing anything twice', async () => {
    await write(
      'u3',
      'both',
      Array.from({ length: 50 }, (_, i) => aged(`m${i}`, 40)),
    );
    const reports = await Promise.all([migrate(), migrate(), migrate()]);
    const moved = reports.reduce((sum, { warmToCold }) => sum + warmToCold, 0);
    expect(moved).toBe(50);
    expect(await historyOf('u3', 'both')).toHaveLength(50);
  });

  it('deletes a cold item for good', async () => {
    const { json } = await write('u4', 'cold', [aged('keep', 40), aged('remove me', 40)]);
    await migrate();
    const path = `/write-items/${json.items[1].id}`;
    expect((await stack.call('DELETE', path)).status).toBe(204);
    expect(await historyOf('u4', 'cold')).toMatchObject([{ content: 'keep', tier: 'cold' }]);
  });
});

describe('collect-metrics', () => {
  it('says how the memory is doing', async () => {
    const { status, json } = await stack.call('POST', '/collect-metrics', {});
    expect(status).toBe(200);
    expect(json).toMatchObject({
      at: expect.stringMatching(/Z$/),
      cache: {
        hitRate: expect.any(Number),
        evictionRate: expect.any(Number),
        usedMemoryBytes: expect.any(Number),
        maxMemoryBytes: 67_108_864,
        keys: expect.any(Number),
      },
      tiers: {
        hot: { items: expect.any(Number), bytes: expect.any(Number) },
        cold: { rawBytes: expect.any(Number) },
      },
      process: { heapUsedBytes: expect.any(Number), rssBytes: expect.any(Number) },
      alerts: expect.any(Array),
    });
    expect(json.tiers.cold.items).toBeGreaterThanOrEqual(30);
  });

  it('speaks OpenMetrics', async () => {
    const reply = await stack.call('GET', '/collect-metrics/metrics');
    expect(reply.status).toBe(200);
    expect(reply.type).toMatch(/^application\/openmetrics-text; version=1\.0\.0/);
    expect(reply.text).toContain('# TYPE');
    expect(reply.text.endsWith('# EOF\n')).toBe(true);
  });

  it('raises an alert from a threshold after enough samples', async () => {
    const thresholds = { 'process.heapUsedBytes': { warning: 1, critical: 2 } };
    const env = { STRATA_ALERT_THRESHOLDS: JSON.stringify(thresholds) };
    const alarmed = await startTestStack({ env });
    expect((await alarmed.call('POST', '/collect-metrics', {})).json.alerts).toEqual([]);
    expect((await alarmed.call('POST', '/collect-metrics', {})).json.alerts).toMatchObject([
      { metric: 'process.heapUsedBytes', level: 'critical', threshold: 2 },
    ]);
    await alarmed.close();
    await removeDir(alarmed.dataDir);
  });
});

describe('erase-user', () => {
  const SECRET = 'the-secret-of-the-erased-user';

  it('leaves nothing anywhere, and lets nothing late back in', async () => {
    await write(
      'gone',
      's1',
      Array.from({ length: 30 }, (_, i) => aged(`${SECRET} ${i}`, 40)),
    );
    await write('gone', 's2', [aged(`${SECRET} warm`, 10), aged(`${SECRET} hot`, 0)]);
    await write('stays', 's1', [aged('mine', 0)]);
    await stack.settle();
    await migrate();
    const event = {
      message: {
        messageId: 'late-1',
        data: Buffer.from(
          JSON.stringify({ userId: 'gone', sessionId: 's1', content: SECRET, contentType: 'note' }),
        ).toString('base64'),
      },
      subscription: 's',
    };
    const { status, json: receipt } = await stack.call('POST', '/erase-user', { userId: 'gone' });
    expect(status).toBe(200);
    expect(receipt).toMatchObject({
      receiptId: expect.any(String),
      userId: 'gone',
      sessions: 2,
      items: 32,
      verifiedEmpty: true,
      completedAt: expect.stringMatching(/Z$/),
    });
    const told = await stack.call('GET', `/erase-user/${receipt.receiptId}`);
    expect(told).toMatchObject({ status: 200, json: receipt });

    expect((await stack.call('POST', '/ingest-items', event)).status).toBe(204);
    const command = { version: 1, userId: 'gone', sessionId: 's1' };
    await stack.runtime.bus.publish([
      { topic: 'memory-summarize', data: command },
      { topic: 'memory-migrate', data: command },
      { topic: 'memory-append', data: { ...command, content: SECRET, contentType: 'note' } },
    ]);
    await stack.settle();
    expect(await historyOf('gone', 's1')).toEqual([]);
    const sessions = await stack.call('GET', '/read-items/sessions?userId=gone');
    expect(sessions.json.sessions).toEqual([]);
    expect((await stack.call('GET', '/read-items/export?userId=gone')).text).not.toContain(SECRET);
    expect(await historyOf('stays', 's1')).toHaveLength(1);
    for (const file of readdirSync(stack.dataDir))
      expect(readFileSync(join(stack.dataDir, file)).includes(SECRET)).toBe(false);
  });

  it('lets the user begin anew over HTTP', async () => {
    expect((await write('gone', 's1', [aged('new life', 0)])).status).toBe(201);
    expect(await historyOf('gone', 's1')).toMatchObject([{ content: 'new life', seq: 1 }]);
  });

  it('is done again without harm', async () => {
    const first = await stack.call('POST', '/erase-user', { userId: 'nobody' });
    const second = await stack.call('POST', '/erase-user', { userId: 'nobody' });
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.json).toMatchObject({ items: 0, sessions: 0, verifiedEmpty: true });
  });
});

describe('a restart', () => {
  it('keeps everything, and several stacks live in one process', async () => {
    const first = await startTestStack();
    await first.say('kept', 'one', 'two');
    await first.close();
    const second = await startTestStack({ dataDir: first.dataDir });
    const path = '/read-items/history?userId=u1&sessionId=kept';
    expect((await second.call('GET', path)).json.items).toMatchObject([
      { content: 'one' },
      { content: 'two' },
    ]);
    expect((await stack.call('GET', path)).json.items).toEqual([]);
    await second.close();
    await removeDir(first.dataDir);
  });
});
