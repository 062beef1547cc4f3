import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { currentReadme, README } from './readme.ts';

it('the README shows the configuration and the example as they are: `npm run docs` writes them', () => {
  const text = readFileSync(README, 'utf8');
  expect(text).toBe(currentReadme(text));
});
