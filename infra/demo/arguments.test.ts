import { describe, expect, it } from 'vitest';
import { parseDemoArguments } from './arguments.ts';

describe('parseDemoArguments', () => {
  it('needs nothing', () => {
    expect(parseDemoArguments([])).toEqual({ wantsHelp: false, keep: false });
  });

  it('takes a file, a number of sessions, a server and the wish to keep the data', () => {
    expect(parseDemoArguments(['--file', 'runs.json', '--sessions', '12', '--keep'])).toEqual({
      wantsHelp: false,
      keep: true,
      file: 'runs.json',
      sessions: 12,
    });
    expect(parseDemoArguments(['--server', 'http://127.0.0.1:8080/'])).toEqual({
      wantsHelp: false,
      keep: false,
      server: 'http://127.0.0.1:8080',
    });
  });

  it.each([
    [['--colour'], "Unknown option '--colour'; see npm run demo -- --help"],
    [['run'], "Unexpected argument 'run'; see npm run demo -- --help"],
    [['--file'], "Option '--file <value>' argument missing; see npm run demo -- --help"],
    [
      ['--sessions', 'many', '--file', 'f'],
      '--sessions takes a whole number above 0, found "many"',
    ],
    [['--sessions', '3'], '--sessions needs --file: the own conversation is one session'],
    [
      ['--server', 'localhost:8080'],
      '--server takes a URL such as http://127.0.0.1:8080, found "localhost:8080"',
    ],
    [
      ['--server', 'http://h', '--keep'],
      '--keep and --server exclude each other: a server keeps its own data',
    ],
  ])('refuses %j with one line', (argv, message) => {
    expect(() => parseDemoArguments(argv)).toThrow(
      expect.objectContaining({ name: 'DemoError', message }),
    );
  });
});
