import { describe, expect, it } from 'vitest';
import { readOptions } from './read-options.ts';

const TAKEN = { maxMemoryMb: true, defaultTtl: true, alertThresholds: true, log: true } as const;

describe('readOptions', () => {
  it('takes the options given and the defaults of the rest, and leaves a logger alone', () => {
    const options = readOptions({ maxMemoryMb: 64, defaultTtl: undefined, log: 'x' }, TAKEN);
    expect(options.maxMemoryMb).toBe(64);
    expect(options.defaultTtl).toBe(86_400);
    expect(options).not.toHaveProperty('log');
  });

  it('names every option out of bounds by its path', () => {
    const alertThresholds = { 'cache.hitRate': { warning: 'low', critical: 1 } };
    expect(() => readOptions({ maxMemoryMb: -1, alertThresholds }, TAKEN)).toThrow(
      expect.objectContaining({
        code: 'invalid-argument',
        message:
          'maxMemoryMb must be more than 0; alertThresholds.cache.hitRate.warning must be a number',
        details: {
          violations: [
            { path: 'maxMemoryMb', message: 'must be more than 0' },
            { path: 'alertThresholds.cache.hitRate.warning', message: 'must be a number' },
          ],
        },
      }),
    );
  });

  it('refuses what it does not know, and what another component takes', () => {
    const given = { maxMemoryMB: 64, maxContextItems: 3, constructor: 1 };
    expect(() => readOptions(given, TAKEN)).toThrow(
      expect.objectContaining({
        code: 'invalid-argument',
        details: {
          violations: [
            { path: 'maxMemoryMB', message: 'is unknown; did you mean maxMemoryMb?' },
            { path: 'maxContextItems', message: 'is unknown' },
            { path: 'constructor', message: 'is unknown' },
          ],
        },
      }),
    );
  });

  it('knows a summariser of the caller from the name of one', () => {
    const taken = { summarizer: true } as const;
    expect(readOptions({ summarizer: { summarize: () => {} } }, taken).summarizer).toBe('auto');
    expect(() => readOptions({ summarizer: 'gpt' }, taken)).toThrow(
      /^summarizer must be one of auto, /,
    );
  });
});
