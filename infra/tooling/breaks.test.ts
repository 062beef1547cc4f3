import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { BREAKS } from './breaks.ts';

const place = (path: string): URL => new URL(`../../${path}`, import.meta.url);

it.each(BREAKS)('knows where to break $file so that $what', ({ file, find, replace, tests }) => {
  const pieces = readFileSync(place(file), 'utf8').split(find);
  expect(pieces).toHaveLength(2);
  expect(replace).not.toBe(find);
  expect(tests.filter((path) => !existsSync(place(path)))).toEqual([]);
});
