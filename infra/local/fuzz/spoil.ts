import fc from 'fast-check';
import { isJsonObject, type Json } from '../../../shared/kernel/json.ts';
import type { Call } from './call.ts';
import type { ValidCall } from './valid-calls.ts';

/** What is put in the place of something: wrong types, bounds, and what parsers stumble over. */
const JUNK: readonly Json[] = [
  null,
  true,
  -1,
  0.5,
  1e308,
  -0,
  '',
  ' ',
  '\u0000',
  '__proto__',
  '../../etc/passwd',
  '%2e%2e%2f',
  '{{7*7}}',
  "' OR 1=1 --",
  '9'.repeat(400),
  'ä'.repeat(300),
  '\u202e\u200b',
  [],
  [[[[[[[]]]]]]],
  {},
  { $ne: null },
  { constructor: { prototype: { x: 1 } } },
];
const junk: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom(...JUNK),
  // fast-check's type of JSON is ours, but for the index signature.
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>,
);

type Spoil = (call: Call) => Call;

/** Replaces, drops or adds one field, somewhere in the body. */
const spoilBody = (body: Json): fc.Arbitrary<Json> =>
  fc
    .record({
      path: fc.array(fc.nat(20), { maxLength: 5 }),
      how: fc.constantFrom('replace', 'drop', 'add'),
      value: junk,
      name: fc.oneof(
        fc.string({ maxLength: 8 }),
        fc.constantFrom('userId', '__proto__', 'toString'),
      ),
    })
    .map(({ path, how, value, name }) => changed(body, path, { how, value, name }));

interface Change {
  readonly how: string;
  readonly value: Json;
  readonly name: string;
}

function changed(value: Json, path: readonly number[], change: Change): Json {
  const [step, ...rest] = path;
  const isBranch = Array.isArray(value) || isJsonObject(value);
  if (step === undefined || !isBranch || Object.keys(value).length === 0) {
    if (change.how === 'add' && isJsonObject(value))
      return Object.fromEntries([...Object.entries(value), [change.name, change.value]]);
    return change.value;
  }
  const keys = Object.keys(value);
  const key = keys[step % keys.length] ?? '';
  const entries = Object.entries(value).flatMap(([one, part]) => {
    if (one !== key) return [[one, part] as const];
    if (rest.length === 0 && change.how === 'drop') return [];
    return [[one, changed(part, rest, change)] as const];
  });
  return Array.isArray(value) ? entries.map(([, part]) => part) : Object.fromEntries(entries);
}

const withBody = (call: Call, body: string | Buffer): Call => ({
  ...call,
  body: Buffer.from(body),
});

/** Damage to the bytes of a body. */
const spoilBytes: fc.Arbitrary<Spoil> = fc.oneof(
  fc
    .nat(400)
    .map((at) => (call: Call) => withBody(call, (call.body ?? Buffer.alloc(0)).subarray(0, at))),
  fc.record({ at: fc.nat(400), byte: fc.nat(255) }).map(({ at, byte }) => (call: Call) => {
    const bytes = Buffer.from(call.body ?? 'x');
    bytes[at % Math.max(1, bytes.length)] = byte;
    return { ...call, body: bytes };
  }),
  fc
    .uint8Array({ maxLength: 200 })
    .map((bytes) => (call: Call) => withBody(call, Buffer.from(bytes))),
  fc.constantFrom<Spoil>(
    (call) => withBody(call, `${'['.repeat(5_000)}${']'.repeat(5_000)}`),
    (call) => withBody(call, '{"a":"\\ud800"}'),
    (call) => withBody(call, '{"userId":"a","userId":"b"}'),
    (call) =>
      withBody(call, Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), call.body ?? Buffer.of()])),
  ),
);

const header =
  (name: string, value: string): Spoil =>
  (call) => ({
    ...call,
    headers: { ...call.headers, [name]: value },
  });

const spoilHeaders: fc.Arbitrary<Spoil> = fc.constantFrom(
  header('content-type', 'text/plain'),
  header('content-type', 'application/json; charset=utf-16'),
  header('content-type', ''),
  header('content-encoding', 'gzip'),
  header('content-encoding', 'br, gzip'),
  header('authorization', 'Bearer x.y.z'),
  header('x-forwarded-for', '1.2.3.4'),
  header('traceparent', '00-zz-zz-01'),
  header('x-cloud-trace-context', '/;o='),
  header('ce-id', '1'),
  header('accept', 'text/html'),
  header('expect', '100-continue'),
);

/** What a client may put into a request line without breaking HTTP itself. */
const pathPart = fc.constantFrom(
  '..',
  '.',
  '%2e%2e',
  '%00',
  '%ff',
  '%',
  '//',
  ';',
  'ä',
  '*',
  '~',
  'a'.repeat(2_000),
);
const spoilTarget: fc.Arbitrary<Spoil> = fc.oneof(
  fc.record({ part: pathPart, at: fc.nat(60) }).map(({ part, at }) => (call: Call) => {
    const text = call.target;
    return { ...call, target: ascii(`/${text.slice(1, at)}${part}${text.slice(Math.max(1, at))}`) };
  }),
  fc
    .record({ name: fc.string({ maxLength: 10 }), value: fc.string({ maxLength: 30 }) })
    .map(({ name, value }) => (call: Call) => ({
      ...call,
      target: `${call.target}${call.target.includes('?') ? '&' : '?'}${encode(name)}=${encode(value)}`,
    })),
  fc.constantFrom<Spoil>(
    (call) => ({ ...call, target: call.target.replace(/=[^&]*/, '=') }),
    (call) => ({ ...call, target: call.target.replace(/=/, '=%E0%A4%A') }),
    (call) => ({ ...call, target: `${call.target}&userId=a&userId=b` }),
    (call) => ({ ...call, target: call.target.replace(/\d+/, '99999999999999999999') }),
  ),
);

const ascii = (target: string): string =>
  [...target].map((one) => (/[!-~]/.test(one) ? one : encode(one))).join('');
const encode = (text: string): string => encodeURIComponent(text.toWellFormed());

const spoilMethod: fc.Arbitrary<Spoil> = fc
  .constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD')
  .map((method) => (call: Call) => ({ ...call, method }));

/** A valid call as it goes over the wire. */
export function wired({ method, path, query, body }: ValidCall): Call {
  const pairs = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value)}`);
  return {
    method,
    target: ascii(`${path}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`),
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? undefined : Buffer.from(JSON.stringify(body)),
  };
}

/** A valid call, or one that is spoiled in one to three ways. */
export const anyCall = (valid: fc.Arbitrary<ValidCall>): fc.Arbitrary<Call> =>
  valid.chain((call) => {
    const body = call.body === undefined ? junk : spoilBody(call.body);
    const spoilFields = body.map(
      (value): Spoil =>
        (one) => ({
          ...withBody(one, JSON.stringify(value)),
          headers: { 'content-type': 'application/json', ...one.headers },
        }),
    );
    const spoil = fc.oneof(
      { weight: 5, arbitrary: spoilFields },
      { weight: 2, arbitrary: spoilTarget },
      { weight: 1, arbitrary: spoilBytes },
      { weight: 1, arbitrary: spoilHeaders },
      { weight: 1, arbitrary: spoilMethod },
    );
    return fc.oneof(
      { weight: 1, arbitrary: fc.constant(wired(call)) },
      {
        weight: 3,
        arbitrary: fc
          .array(spoil, { minLength: 1, maxLength: 3 })
          .map((spoils) => spoils.reduce((one, next) => next(one), wired(call))),
      },
    );
  });
