import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CLOSED, effectOf } from './effect-of-rules.ts';

const rules = (body: string) => `service cloud.firestore {\n  match /{a=**} {\n${body}\n  }\n}`;

it.each([
  ['ours', readFileSync(new URL('../firestore.rules', import.meta.url), 'utf8')],
  ['those of the older language', rules('allow read, write: if false;')],
  [
    'those with every operation by itself',
    rules('allow get: if false; allow list, write: if false;'),
  ],
  ['those with an opening in a comment', rules('// allow read;\n/* allow write; */')],
  ['those that allow nothing at all', rules('')],
])('says that %s close everything', (_, text) => {
  expect(effectOf(text)).toBe(CLOSED);
});

it.each([
  ['without a condition', rules('allow read;')],
  ['on a condition', rules('allow read: if request.auth != null;')],
  ['beside what is closed', rules('allow write: if false; allow read: if true;')],
  ['with more than false', rules('allow read: if false || true;')],
  ['behind a text that looks like a comment', rules("function f() { return 'a//b' } allow read;")],
  ['behind the end of a comment', rules('/* x */ allow read;')],
  ['on a line after one', rules('// closed\nallow read;')],
])('does not say so where something is allowed %s', (_, text) => {
  expect(effectOf(text)).toContain('allow read');
});

it('shows rules on one line', () => {
  expect(effectOf(rules('  allow read : if  true ; // for now'))).toBe(
    'service cloud.firestore{match /{a=**}{allow read:if true;}}',
  );
});

it('does not take for closed what is no rules at all', () => {
  expect(effectOf('')).toBe('');
});
