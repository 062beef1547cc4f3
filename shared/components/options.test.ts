import { describe, expect, it } from 'vitest';
import { ContextPruner } from './context-pruner.ts';
import { MemoryProfiler } from './memory-profiler.ts';
import { RedisLruCache } from './redis-lru-cache.ts';
import { TieredStorageManager } from './tiered-storage-manager.ts';

// As a caller in JavaScript has it, or in TypeScript with options that were put together elsewhere.
const misspelt = (name: string): object => ({ [name]: 3 });

describe('a misspelt option is refused by', () => {
  it.each([
    ['TieredStorageManager', TieredStorageManager, 'hotTierMaxAge', 'hotTierMaxAgeDays'],
    ['TieredStorageManager', TieredStorageManager, 'hot_tier_max_age_days', 'hotTierMaxAgeDays'],
    ['RedisLruCache', RedisLruCache, 'maxMemoryMB', 'maxMemoryMb'],
    ['ContextPruner', ContextPruner, 'maxContextTokes', 'maxContextTokens'],
    ['MemoryProfiler', MemoryProfiler, 'profilingIntervall', 'profilingInterval'],
  ])('%s', (_, Component, name, meant) => {
    expect(() => new Component(misspelt(name))).toThrow(
      expect.objectContaining({
        code: 'invalid-argument',
        message: `${name} is unknown; did you mean ${meant}?`,
      }),
    );
  });
});

it.each([TieredStorageManager, RedisLruCache])(
  'an address that is none is refused at once by $name',
  (Component) => {
    for (const redisUrl of ['localhost:6379', 'http://localhost', 'redis://a b'])
      expect(() => new Component({ redisUrl })).toThrow(
        'redisUrl must be an address, redis://… or rediss://…',
      );
    expect(() => new Component({ redisUrl: 'rediss://localhost:6378' })).not.toThrow();
  },
);

describe("the seed's options are taken by", () => {
  it('TieredStorageManager', () => {
    const given = { hotTierMaxAgeDays: 7, warmTierMaxAgeDays: 30, minAccessCountHot: 5 };
    const more = { minAccessCountWarm: 2, enableCompression: true, tierMigrationInterval: 3_600 };
    const place = { projectId: 'p', redisHost: 'localhost', redisPort: 6_379 };
    expect(() => new TieredStorageManager({ ...given, ...more, ...place })).not.toThrow();
  });

  it('RedisLruCache', () => {
    const given = {
      redisHost: 'localhost',
      redisPort: 6_379,
      maxMemoryMb: 512,
      defaultTtl: 86_400,
    };
    expect(() => new RedisLruCache({ ...given, maxMemoryPolicy: 'allkeys-lru' })).not.toThrow();
  });

  it('ContextPruner', () => {
    const given = { maxContextItems: 15, maxContextTokens: 4_000, geminiModel: 'gemini-1.5-pro' };
    const more = { geminiProject: 'p', summarizationThreshold: 25, summaryMaxTokens: 1_000 };
    expect(() => new ContextPruner({ ...given, ...more })).not.toThrow();
  });

  it('MemoryProfiler', () => {
    const alertThresholds = { 'cache.hitRate': { warning: 0.5, critical: 0.2, below: true } };
    const given = { projectId: 'p', serviceName: 'memory-service', profilingInterval: 60 };
    expect(() => new MemoryProfiler({ ...given, alertThresholds })).not.toThrow();
  });
});
