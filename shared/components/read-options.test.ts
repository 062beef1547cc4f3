import { describe, expect, it } from 'vitest';
import { readOptions } from './read-options.ts';

describe('readOptions', () => {
  it('takes the options given, the defaults of the rest, and nothing else', () => {
    const options = readOptions({ maxMemoryMb: 64, defaultTtl: undefined, log: 'something' });
    expect(options.maxMemoryMb).toBe(64);
    expect(options.defaultTtl).toBe(86_400);
    expect(options).not.toHaveProperty('log');
  });

  it('names every option out of bounds by its path', () => {
    const alertThresholds = { 'cache.hitRate': { warning: 'low', critical: 1 } };
    expect(() => readOptions({ maxMemoryMb: -1, alertThresholds })).toThrow(
      expect.objectContaining({
        code: 'invalid-argument',
        details: {
          violations: [
            { path: 'maxMemoryMb', message: expect.any(String) },
            { path: 'alertThresholds.cache.hitRate.warning', message: expect.any(String) },
          ],
        },
      }),
    );
  });
});
