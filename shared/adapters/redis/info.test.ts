import { describe, expect, it } from 'vitest';
import { infoNumber, parseInfo } from './info.ts';

const TEXT =
  '# Memory\r\nused_memory:1048576\r\nmaxmemory_policy:allkeys-lru\r\n\r\n# Keyspace\r\ndb0:keys=2,expires=1\r\n';

describe('parseInfo', () => {
  it('reads the fields of every section and skips headings', () => {
    expect([...parseInfo(TEXT)]).toEqual([
      ['used_memory', '1048576'],
      ['maxmemory_policy', 'allkeys-lru'],
      ['db0', 'keys=2,expires=1'],
    ]);
  });
});

describe('infoNumber', () => {
  it('is 0 for what is missing or is no number', () => {
    const fields = parseInfo(TEXT);
    expect(infoNumber(fields, 'used_memory')).toBe(1_048_576);
    expect(infoNumber(fields, 'evicted_keys')).toBe(0);
    expect(infoNumber(fields, 'maxmemory_policy')).toBe(0);
  });
});
