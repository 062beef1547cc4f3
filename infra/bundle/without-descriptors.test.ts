import { createRequire } from 'node:module';
import { runInThisContext } from 'node:vm';
import { expect, it } from 'vitest';
import { withoutDescriptors } from './without-descriptors.ts';

const ofNode = createRequire(import.meta.url);
const FILE = ofNode.resolve('@grpc/proto-loader');
const MESSAGES = ofNode('@google-cloud/firestore-api/build/protos/protos.json') as object;

interface Definition {
  readonly type?: object;
  readonly [method: string]: unknown;
}
interface Loader {
  fromJSON(json: object): Readonly<Record<string, Definition>>;
}
interface Method {
  readonly path: string;
  readonly requestSerialize: (message: object) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => object;
}

function loaderFrom(text: string): Loader {
  const module = { exports: {} };
  // A module of CommonJS.
  const run = runInThisContext(`(function (module, exports, require) {${text}\n})`) as (
    ...given: unknown[]
  ) => void;
  run(module, module.exports, createRequire(FILE));
  return module.exports as Loader;
}

it('makes the same calls as the whole loader', () => {
  const whole = (ofNode(FILE) as Loader).fromJSON(MESSAGES);
  const lean = loaderFrom(withoutDescriptors(FILE)).fromJSON(MESSAGES);
  expect(Object.keys(lean)).toEqual(Object.keys(whole));
  const commitOf = (one: typeof whole) =>
    one['google.firestore.v1.Firestore']?.['Commit'] as Method;
  const request = { database: 'd', writes: [{ update: { name: 'n', fields: {} } }] };
  const [ours, theirs] = [commitOf(lean), commitOf(whole)];
  expect(ours.path).toBe('/google.firestore.v1.Firestore/Commit');
  expect(ours.path).toBe(theirs.path);
  expect(ours.requestSerialize(request)).toEqual(theirs.requestSerialize(request));
  const answer = Buffer.from([0x0a, 0x00]);
  expect(ours.responseDeserialize(answer)).toEqual(theirs.responseDeserialize(answer));
  expect(lean['google.firestore.v1.Document']?.type).toEqual({});
});

it('refuses a package that it was not written for', () => {
  expect(() => withoutDescriptors(ofNode.resolve('lru-cache'))).toThrow(
    'expected "const descriptor',
  );
});
