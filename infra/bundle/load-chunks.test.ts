import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { zstdCompressSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { CODE_ENDING, openChunks, WRAPPER } from './load-chunks.ts';

const dir = mkdtempSync(join(tmpdir(), 'strata-chunks-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const chunk = (name: string, code: string) =>
  writeFileSync(join(dir, name), `${WRAPPER.before}${code}${WRAPPER.after}`);
const open = () => openChunks(dir, pathToFileURL(join(dir, 'index.mjs')).href);

const answerOf = (chunks: ReturnType<typeof open>, name: string) =>
  (chunks.load(name) as { answer(): number }).answer();

it('loads a part when it is first required, once, and modules of Node', () => {
  chunk('other.cjs', "exports.path = require('node:path').posix.sep;");
  chunk('main.cjs', "exports.late = () => require('./other.cjs'); exports.url = url;");
  const { load, loaded } = open();
  const main = load('main.cjs') as { late(): { path: string }; url: string };
  expect([...loaded.keys()]).toEqual(['main.cjs']);
  expect(main.late().path).toBe('/');
  expect(main.late()).toBe(main.late());
  expect(main.url).toBe(pathToFileURL(join(dir, 'index.mjs')).href);
});

it('takes code that V8 kept, and does without code that cannot be used', () => {
  chunk('ran.cjs', 'exports.answer = () => 41;');
  const first = open();
  expect(answerOf(first, 'ran.cjs')).toBe(41);
  const code = first.loaded.get('ran.cjs')?.script.createCachedData() ?? Buffer.alloc(0);
  const ofAnotherVersion = Buffer.from(code);
  ofAnotherVersion.writeUInt32LE(1, 4);
  const keep = (answer: number, bytes: Buffer) => {
    chunk(`${answer}.cjs`, `exports.answer = () => ${answer};`);
    writeFileSync(join(dir, `${answer}.cjs${CODE_ENDING}`), bytes);
  };
  // Of the source V8 compares the length alone: the answer tells which of both ran.
  keep(42, zstdCompressSync(code));
  keep(43, zstdCompressSync(ofAnotherVersion));
  keep(44, Buffer.from('not even compressed'));
  const chunks = open();
  expect(answerOf(chunks, '42.cjs')).toBe(41);
  expect(answerOf(chunks, '43.cjs')).toBe(43);
  expect(answerOf(chunks, '44.cjs')).toBe(44);
});
