import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { reportMissing } from '../tooling/missing.ts';
import { deployCommands } from './commands.ts';
import { parseDeployArguments } from './deploy-arguments.ts';

/** The words after `gcloud`. */
type Line = readonly string[];

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** gcloud is slow to load its thousand commands. */
const PATIENCE_MS = 120_000;

const sdk = sdkRoot();
if (sdk) describeParsing(sdk);
else {
  it('could not be parsed: no gcloud', () => {
    reportMissing("Command lines against gcloud's own parser: no gcloud on PATH");
  });
}

function describeParsing(root: string): void {
  describe('every command line of gcloud is one that its own parser takes', () => {
    it(
      'that a deployment runs, whatever is asked for',
      () => {
        const agent = 'serviceAccount:agent@my-project.iam.gserviceaccount.com';
        const issuers = { STRATA_USER_ISSUERS: '["firebase:my-project"]' };
        const lines = [
          ...linesOf(['--invoker', agent, '--time-zone', 'Europe/Berlin'], issuers),
          ...linesOf(['--redis-gib', '0', '--database', 'memories', '--keep-rules']),
          ...linesOf(['--redis-gib', '0', '--public'], issuers),
        ];
        expect(lines.length).toBeGreaterThan(150);
        expect(refusals(root, lines)).toBe('');
      },
      PATIENCE_MS,
    );

    it(
      'that the README shows, and that a message tells somebody to run',
      () => {
        const shown = [...readmeBlocks().flatMap(callsOf), ...inlineInReadme()];
        expect(shown.length).toBeGreaterThan(20);
        const advised = globSync('{functions,shared,infra}/**/*.ts', { cwd: ROOT })
          .filter((file) => !file.endsWith('.test.ts'))
          .flatMap((file) => advisedIn(readFileSync(join(ROOT, file), 'utf8')));
        expect(advised).toContainEqual(['auth', 'application-default', 'login']);
        expect(advised.length).toBeGreaterThan(15);
        expect(refusals(root, [...shown, ...advised])).toBe('');
      },
      PATIENCE_MS,
    );

    it(
      'and would be refused with a flag, a value or a command that gcloud does not know',
      () => {
        const wrong = [
          ['functions', 'deploy', 'x', '--gen3'],
          ['functions', 'deploy', 'x', '--ingress-settings=everybody'],
          ['functions', 'deploy', 'x', '--concurrency=many'],
          ['functions', 'employ', 'x'],
        ];
        expect(refusals(root, [['functions', 'deploy', 'x'], ...wrong])).toBe(
          wrong.map((line) => `refused: ${JSON.stringify(line)}`).join('\n'),
        );
      },
      PATIENCE_MS,
    );
  });
}

function linesOf(more: readonly string[], env: Readonly<Record<string, string>> = {}): Line[] {
  const argv = ['--project', 'my-project', '--region', 'europe-west1', ...more];
  const asked = parseDeployArguments(argv, env);
  if (asked.wants === 'help') throw new TypeError('expected a deployment');
  return deployCommands(asked.deployment)
    .filter(({ program }) => program === 'gcloud')
    .flatMap(({ argv, unless, unlessSame }) => [argv, unless ?? [], unlessSame ?? []])
    .filter((line) => line.length > 0);
}

const readme = (): string => readFileSync(join(ROOT, 'README.md'), 'utf8');

const readmeBlocks = (): string[] =>
  [...readme().matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = '']) =>
    block.includes('gcloud') ? [block] : [],
  );

const inlineInReadme = (): Line[] =>
  [...readme().matchAll(/`gcloud ([^`]+)`/g)].map(([, words = '']) => wordsOf(words));

/** What a text in our sources ends with, after a colon: `… : gcloud projects list`. */
const advisedIn = (source: string): Line[] =>
  [...source.matchAll(/(?:: |=>\s*`)gcloud ([^`'"\n]+)[`'"]/g)].map(([, words = '']) =>
    wordsOf(words.replaceAll(/\$\{[^}]*\}/g, 'some-name')),
  );

const wordsOf = (text: string): Line => text.trim().split(/\s+/);

/** How a script calls gcloud; nothing that it names is run. */
function callsOf(script: string): Line[] {
  const dir = mkdtempSync(join(tmpdir(), 'strata-calls-'));
  const program = `#!/usr/bin/env python3
import json, sys
open("${dir}/calls", "a").write(json.dumps(sys.argv[1:]) + "\\n")
if "list" in sys.argv: print("strata-agent@my-project.iam.gserviceaccount.com")
`;
  try {
    writeFileSync(join(dir, 'gcloud'), program, { mode: 0o755 });
    for (const name of ['npm', 'npx', 'curl'])
      writeFileSync(join(dir, name), '#!/bin/sh\n', { mode: 0o755 });
    const env = { ...process.env, PATH: `${dir}${delimiter}${process.env['PATH']}` };
    const ran = spawnSync('bash', ['-eu', '-c', script], { env, cwd: ROOT });
    if (ran.status !== 0) throw new Error(ran.stderr.toString());
    const lines = readFileSync(join(dir, 'calls'), 'utf8').trim().split('\n');
    // Written by the program above.
    return lines.map((line) => JSON.parse(line) as string[]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Where the installed gcloud is; `undefined` when there is none. */
function sdkRoot(): string | undefined {
  const found = spawnSync('which', ['gcloud']).stdout.toString().trim();
  return found === '' ? undefined : dirname(dirname(realpathSync(found)));
}

/** A line for each that gcloud does not take. */
function refusals(root: string, lines: readonly Line[]): string {
  const script = fileURLToPath(new URL('parse_gcloud.py', import.meta.url));
  const config = mkdtempSync(join(tmpdir(), 'strata-gcloud-'));
  try {
    const input = lines.map((line) => JSON.stringify(line)).join('\n');
    const env = { ...process.env, CLOUDSDK_CONFIG: config, CLOUDSDK_CORE_DISABLE_PROMPTS: '1' };
    const ran = spawnSync('python3', [script, root], { input, env, cwd: ROOT });
    if (ran.status !== 0) throw new Error(ran.stderr.toString());
    return ran.stdout.toString().trim();
  } finally {
    rmSync(config, { recursive: true, force: true });
  }
}
