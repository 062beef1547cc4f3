import { describe, expect, it } from 'vitest';
import { parseServeArguments } from './serve-arguments.ts';

describe('parseServeArguments', () => {
  it('turns options into the variables that they stand for', () => {
    expect(parseServeArguments(['--port', '9000', '--data-dir=/d'])).toEqual({
      wantsHelp: false,
      env: { PORT: '9000', STRATA_DATA_DIR: '/d' },
    });
    expect(parseServeArguments(['--help'])).toEqual({ wantsHelp: true, env: {} });
  });

  it('refuses what it does not know', () => {
    expect(() => parseServeArguments(['--prot', '9000'])).toThrow("Unknown option '--prot'");
    expect(() => parseServeArguments(['serve'])).toThrow('Unexpected argument');
  });
});
