import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../functions/config.ts';
import { startLocal } from '../local/start-local.ts';
import { INVARIANTS } from './findings.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the demo as a process of its own, with its temporary files in `directory`. */
function demo(directory: string, ...args: readonly string[]): Promise<Ended> {
  const env = { PATH: process.env['PATH'], TMPDIR: directory, NO_COLOR: '1' };
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { env }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error ? 1 : 0;
      resolve({ code, stdout, stderr });
    });
  });
}

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'strata-demo-int-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('npm run demo', () => {
  it('plays its own conversation, and finds every invariant kept', async () => {
    const { code, stdout, stderr } = await demo(directory);
    expect(stderr).toBe('');
    expect(stdout).toContain('13 of 13 invariants hold.');
    for (const { number, name } of INVARIANTS)
      expect(stdout).toContain(`✓ ${String(number).padStart(2)}  ${name}`);
    for (const title of [
      'Tiers',
      'What a context costs',
      'A summary, opened',
      'Facts kept beside it',
      'Coverage',
    ])
      expect(stdout).toContain(`\n${title}`);
    expect(stdout).toMatch(/ │ #1 cold system: /);
    expect(stdout).toMatch(/#\d+ id: LC-4471/);
    expect(stdout).toMatch(/[1-9]\d* jumps? back in time/);
    expect(stdout).toMatch(/[1-9]\d* segments?/);
    expect(stdout).not.toContain('\u001B');
    expect(code).toBe(0);
    expect(await readdir(directory)).toEqual([]);
  });

  it('plays a file, each run a session', async () => {
    const run = [
      { role: 'system', content: 'Answer briefly.' },
      ...Array.from({ length: 30 }, (_, turn) => [
        { role: 'user', content: `Question number ${turn}, about order ${1_000 + turn}?` },
        { role: 'assistant', content: `Order ${1_000 + turn} is on its way, says the carrier.` },
      ]).flat(),
    ];
    const path = join(directory, 'runs.json');
    await writeFile(path, JSON.stringify([{ traj: run }, { traj: run }]));
    const { code, stdout } = await demo(directory, '--file', path);
    await rm(path);
    expect(stdout).toContain('2 conversations of 122 messages');
    expect(stdout).toContain('13 of 13 invariants hold.');
    expect(code).toBe(0);
  });

  it('plays on a server that runs already, and says what it leaves out', async () => {
    const config = readConfig({ STRATA_DATA_DIR: join(directory, 'server'), PORT: '0' });
    const stack = await startLocal({ config });
    const { code, stdout } = await demo(directory, '--server', stack.url);
    await stack.close();
    expect(stdout).toContain('10 of 13 invariants hold, 3 could not be looked at here.');
    expect(stdout).toContain('left out: a server cannot be restarted from here');
    expect(code).toBe(0);
  });

  it.each([
    [['--colour'], "demo: Unknown option '--colour'; see npm run demo -- --help\n"],
    [['--file', 'none.json'], 'demo: none.json: there is no such file (ENOENT)\n'],
    [['--server', 'http://127.0.0.1:1'], 'demo: Nothing answers at http://127.0.0.1:1\n'],
  ])('ends with one line and exit code 1 for %j', async (args, message) => {
    expect(await demo(directory, ...args)).toEqual({ code: 1, stdout: '', stderr: message });
  });
});
