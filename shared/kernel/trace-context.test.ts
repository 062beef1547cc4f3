import { describe, expect, it } from 'vitest';
import { parseCloudTrace, parseTraceparent, traceparentOf } from './trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('a traceparent', () => {
  it('names the trace, the span and whether it is sampled', () => {
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-01`)).toEqual({
      traceId: TRACE,
      spanId: SPAN,
      isSampled: true,
    });
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-02`)).toMatchObject({ isSampled: false });
  });

  it('of a later version may say more', () => {
    expect(parseTraceparent(`01-${TRACE}-${SPAN}-01-what`)).toMatchObject({ traceId: TRACE });
  });

  it.each([
    ['nothing', ''],
    ['another form', 'hello'],
    ['upper case', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['a trace of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['a span of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['the forbidden version', `ff-${TRACE}-${SPAN}-01`],
    ['more than version 00 has', `00-${TRACE}-${SPAN}-01-what`],
    ['a line after it', `00-${TRACE}-${SPAN}-01\n`],
  ])('is ignored with %s', (_what, text) => {
    expect(parseTraceparent(text)).toBeUndefined();
  });

  it('is written as it was read', () => {
    const text = `00-${TRACE}-${SPAN}-01`;
    expect(traceparentOf({ traceId: TRACE, spanId: SPAN, isSampled: true })).toBe(text);
    expect(traceparentOf({ traceId: TRACE, spanId: SPAN, isSampled: false })).toBe(
      `00-${TRACE}-${SPAN}-00`,
    );
    expect(traceparentOf({ traceId: TRACE, isSampled: true })).toBeUndefined();
  });
});

describe("Google's trace header", () => {
  it('names the span in decimal', () => {
    expect(parseCloudTrace(`${TRACE.toUpperCase()}/67667974448284343;o=1`)).toEqual({
      traceId: TRACE,
      spanId: SPAN,
      isSampled: true,
    });
  });

  it('may leave out the span and the option', () => {
    expect(parseCloudTrace(TRACE)).toEqual({ traceId: TRACE, isSampled: false });
    expect(parseCloudTrace(`${TRACE}/0;o=0`)).toEqual({ traceId: TRACE, isSampled: false });
  });

  it('is used without a span that is no 64-bit number', () => {
    expect(parseCloudTrace(`${TRACE}/99999999999999999999;o=1`)).toEqual({
      traceId: TRACE,
      isSampled: true,
    });
  });

  it.each(['', 'abc/1', `${'0'.repeat(32)}/1;o=1`, `${TRACE}/1;o=1;x`])(
    'is ignored: "%s"',
    (text) => {
      expect(parseCloudTrace(text)).toBeUndefined();
    },
  );
});
