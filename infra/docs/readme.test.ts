import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { COLLECTIONS } from '../../shared/topology.ts';
import { currentReadme, README } from './readme.ts';

it('the README shows the configuration and the examples as they are: `npm run docs` writes them', async () => {
  const text = readFileSync(README, 'utf8');
  expect(text).toBe(await currentReadme(text));
});

it('the README names every collection that there is, and no other', () => {
  const text = readFileSync(README, 'utf8');
  const section = text.slice(text.indexOf('### How it is stored'), text.indexOf('In Redis, all'));
  const named = [...section.matchAll(/\b([a-z]+)\/\{[a-z]+\}`/gi)].map(([, name]) => name);
  expect(named.toSorted()).toEqual(Object.values(COLLECTIONS).toSorted());
});
