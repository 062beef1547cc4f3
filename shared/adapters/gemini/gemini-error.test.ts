import { describe, expect, it } from 'vitest';
import { geminiError } from './gemini-error.ts';

const open = new AbortController().signal;
const at = (thrown: unknown, signal = open) => {
  const { code, message, details, cause } = geminiError(thrown, { model: 'm', signal });
  return { code, message, details, cause };
};
/** As `@google/genai` throws. */
const genai = (status: number, details: unknown[] = []) =>
  Object.assign(new Error(JSON.stringify({ error: { code: status, details } })), { status });
/** As `@google-cloud/vertexai` throws for a 4xx. */
const vertex = (code: number, errorDetails: unknown[] = []) =>
  Object.assign(new Error(`got status: ${code} Some Text. {}`), {
    stackTrace: Object.assign(new Error('hidden'), { code, errorDetails }),
  });
const RETRY_INFO = {
  '@type': 'type.googleapis.com/google.rpc.RetryInfo',
  retryDelay: '1.5s',
};

describe('geminiError', () => {
  it.each([
    ['genai', genai],
    ['vertexai', vertex],
  ])('names what each status of %s means', (_sdk, of) => {
    const codes = [400, 401, 403, 404, 408, 413, 429, 499].map((status) => [
      status,
      at(of(status)).code,
    ]);
    expect(codes).toEqual([
      [400, 'invalid-argument'],
      [401, 'unavailable'],
      [403, 'unavailable'],
      [404, 'unavailable'],
      [408, 'deadline-exceeded'],
      [413, 'invalid-argument'],
      [429, 'quota-exceeded'],
      [499, 'deadline-exceeded'],
    ]);
  });

  it.each([
    [500, 'unavailable'],
    [503, 'unavailable'],
    [504, 'deadline-exceeded'],
  ])('takes %i for a failure of the service', (status, code) => {
    expect(at(genai(status)).code).toBe(code);
    expect(at(new Error(`got status: ${status} Some Text. {}`)).code).toBe(code);
  });

  it('tells when the service wants to be asked again', () => {
    const details = { model: 'm', status: 429, retryAfterMs: 1_500 };
    expect(at(genai(429, [RETRY_INFO])).details).toEqual(details);
    expect(at(vertex(429, [{ other: true }, RETRY_INFO])).details).toEqual(details);
    expect(at(genai(429)).details).toEqual({ model: 'm', status: 429 });
  });

  it.each([
    new TypeError('fetch failed'),
    new SyntaxError('Unexpected end of JSON input'),
    'a text',
    undefined,
  ])('takes %s for a service out of reach', (thrown) => {
    expect(at(thrown).code).toBe('unavailable');
  });

  it.each([
    Object.assign(new Error('Unable to authenticate your request'), { name: 'GoogleAuthError' }),
    new Error('Could not load the default credentials. Browse to https://cloud.google.com/docs'),
    Object.assign(new Error('invalid_grant'), { code: '400' }),
  ])('says what to do about missing credentials: %s', (thrown) => {
    expect(at(thrown)).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('gcloud auth application-default login'),
      cause: thrown,
    });
  });

  it('is about time whenever time was up', () => {
    expect(at(genai(500), AbortSignal.abort()).code).toBe('deadline-exceeded');
    expect(at(new Error('This operation was aborted'), AbortSignal.abort()).code).toBe(
      'deadline-exceeded',
    );
  });
});
