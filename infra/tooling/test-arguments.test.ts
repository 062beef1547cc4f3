import { expect, it } from 'vitest';
import { wantsHelp } from './test-arguments.ts';

it('runs everything without arguments, and tells how with --help', () => {
  expect(wantsHelp([])).toBe(false);
  expect(wantsHelp(['--help'])).toBe(true);
  expect(wantsHelp(['-h'])).toBe(true);
});

it.each([
  [['redis'], 'npm run test:unit -- redis, or npm run test:int -- redis'],
  [['--help', 'redis'], 'takes no "redis"'],
  [['--hlep'], "Unknown option '--hlep'"],
  [['-t', 'a name'], "Unknown option '-t'"],
])('refuses %j instead of running everything', (argv, message) => {
  expect(() => wantsHelp(argv)).toThrow(message);
});
