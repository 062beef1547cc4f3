import { describe, expect, it } from 'vitest';
import { AppError } from './app-error.ts';
import { inLogScope } from './log-scope.ts';
import { jsonLogger, type Logger } from './logger.ts';

const TRACE = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
const clock = { now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6) };

function logged(log: (logger: Logger) => void): string[] {
  const lines: string[] = [];
  log(jsonLogger((line) => void lines.push(line), { clock }));
  return lines;
}

describe('jsonLogger', () => {
  it("writes one line in Cloud Logging's form for an event", () => {
    const [line, ...others] = logged((log) => log.warning('Two\nlines', { sessionKey: 'k', n: 1 }));
    expect(others).toEqual([]);
    expect(line).toBe(
      '{"severity":"WARNING","time":"2026-01-02T03:04:05.006Z","message":"Two\\nlines","sessionKey":"k","n":1}\n',
    );
  });

  it('names the trace, the span and the labels of the call that it stands in', async () => {
    const lines: string[] = [];
    const log = jsonLogger((line) => void lines.push(line), { clock, projectId: 'p1' });
    const scope = { labels: { function: 'read-items' }, trace: { ...TRACE, isSampled: true } };
    await inLogScope(scope, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      log.info('inside');
    });
    log.info('outside');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        severity: 'INFO',
        time: '2026-01-02T03:04:05.006Z',
        message: 'inside',
        'logging.googleapis.com/trace': 'projects/p1/traces/4bf92f3577b34da6a3ce929d0e0e4736',
        'logging.googleapis.com/spanId': '00f067aa0ba902b7',
        'logging.googleapis.com/trace_sampled': true,
        'logging.googleapis.com/labels': { function: 'read-items' },
      },
      { severity: 'INFO', time: '2026-01-02T03:04:05.006Z', message: 'outside' },
    ]);
  });

  it('names the bare trace where no project is known', () => {
    const scope = { labels: {}, trace: { traceId: TRACE.traceId, isSampled: false } };
    const [line = ''] = logged((log) => inLogScope(scope, () => log.info('x')));
    expect(JSON.parse(line)).toMatchObject({
      'logging.googleapis.com/trace': TRACE.traceId,
      'logging.googleapis.com/trace_sampled': false,
    });
  });

  it('gives Error Reporting the stack of an error, and of an error alone', () => {
    const error = new AppError('internal', 'Unexpected failure');
    const [failed = '', warned = ''] = logged((log) => {
      log.error('Request failed', { code: error.code, error });
      log.warning('Not so bad', { error });
    });
    expect(JSON.parse(failed)).toMatchObject({
      severity: 'ERROR',
      message: 'Request failed',
      code: 'internal',
      error: { name: 'AppError', code: 'internal', message: 'Unexpected failure' },
      stack_trace: expect.stringMatching(/^AppError: Unexpected failure\n {4}at /),
    });
    expect(JSON.parse(warned)).not.toHaveProperty('stack_trace');
  });

  it('leaves out what was thrown when it was no error', () => {
    const [line] = logged((log) => log.warning('x', { error: 'their words' }));
    expect(line).not.toContain('their words');
  });

  it('lets no field take the place of its own', () => {
    const [line = ''] = logged((log) => log.error('ours', { message: 'theirs', severity: 'INFO' }));
    expect(JSON.parse(line)).toMatchObject({ message: 'ours', severity: 'ERROR' });
  });

  it('never fails its caller, whatever the fields are', () => {
    const circle: Record<string, unknown> = { big: 12n };
    circle['self'] = circle;
    const [big = '', round = ''] = logged((log) => {
      log.info('big', { big: 12n });
      log.info('round', { circle });
    });
    expect(JSON.parse(big)).toMatchObject({ big: '12' });
    expect(JSON.parse(round)).toMatchObject({ message: 'round', unwritten: ['circle'] });
  });
});
