import { describe, expect, it } from 'vitest';
import { AppError } from './app-error.ts';
import { describeError, stackOf } from './describe-error.ts';

const SECRET = 'my-secret-words';

const thrownBy = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new TypeError('nothing was thrown');
};

describe('describeError', () => {
  it('keeps our own message, the code and the causes', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:6379'), {
      code: 'ECONNREFUSED',
    });
    expect(describeError(new AppError('unavailable', 'Redis "get" failed', { cause }))).toEqual({
      name: 'AppError',
      message: 'Redis "get" failed',
      code: 'unavailable',
      cause: {
        name: 'Error',
        message: 'connect ECONNREFUSED 127.0.0.1:6379',
        code: 'ECONNREFUSED',
      },
    });
  });

  it.each([
    ['what JSON.parse could not read', () => JSON.parse(`${SECRET} "and" 'more'`)],
    ['a short text that JSON.parse could not read', () => JSON.parse('secret')],
    ['a number that is none', () => BigInt(`"${SECRET}"`)],
    ['an address', () => new URL(SECRET, '')],
  ])('leaves out %s', (_what, run) => {
    expect(JSON.stringify(describeError(thrownBy(run)))).not.toContain('secret');
  });

  it.each([
    [`ERR unknown command 'X', with args beginning with: '${SECRET}' 'a`, 'ERR unknown command …a'],
    [`Cannot use "undefined" (found in field "metadata.${SECRET}").`, 'Cannot use …).'],
    [`expected “${SECRET} ”said“ he” here`, 'expected … here'],
    [`two\nlines \`${SECRET}\n\` end`, 'two\nlines … end'],
  ])('leaves out what a message quotes: %s', (message, expected) => {
    expect(describeError(new Error(message)).message).toBe(expected);
  });

  it('leaves out fields that a client adds to its errors, and details', () => {
    const reply = Object.assign(new Error('ERR wrong'), { command: { args: [SECRET] } });
    const error = new AppError('unavailable', 'No', { cause: reply, details: { key: SECRET } });
    expect(JSON.stringify(describeError(error))).not.toContain(SECRET);
  });

  it('says only what kind of thing was thrown when it was no error', () => {
    expect(describeError(SECRET)).toEqual({ name: 'string', message: 'was thrown' });
  });

  it('ends with causes that go in a circle', () => {
    const error = new Error('round');
    error.cause = error;
    expect(JSON.stringify(describeError(error)).match(/round/g)).toHaveLength(6);
  });
});

describe('stackOf', () => {
  it('has the frames of the error and of its causes, without content', () => {
    const cause = thrownBy(() => JSON.parse(`${SECRET}\n    at ${SECRET} (x.js:1:1)`));
    const lines = stackOf(new AppError('internal', 'Unexpected failure', { cause })).split('\n');
    expect(lines[0]).toBe('AppError: Unexpected failure');
    expect(lines[1]).toMatch(/^ {4}at .*describe-error\.test\.ts/);
    expect(lines).toContain('Caused by: SyntaxError: not valid (what it quotes is left out)');
    expect(lines.join('\n')).not.toContain('secret');
  });

  it('leaves out lines of a message that look like frames', () => {
    const error = new Error(`"no"\n    at ${SECRET} (x.js:1:1)`);
    const [, ...frames] = stackOf(error).split('\n    at ').slice(1);
    expect(frames.join()).not.toContain(SECRET);
  });
});
