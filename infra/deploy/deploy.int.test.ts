import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startNode } from '../local/child.ts';
import { type Command, gcloud } from './command.ts';
import { type Deployment, deployCommands } from './commands.ts';
import { parseDeployArguments } from './deploy-arguments.ts';
import { runCommands } from './run-commands.ts';
import { showScript } from './show-script.ts';

const PLACE = ['--project', 'my-project', '--region', 'europe-west1'];
const AGENT = 'serviceAccount:agent@my-project.iam.gserviceaccount.com';

function deploymentOf(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const asked = parseDeployArguments([...PLACE, ...argv], env);
  if (asked.wants === 'help') throw new TypeError('expected a deployment');
  return asked.deployment;
}
const whole: Deployment = deploymentOf(['--invoker', AGENT], {
  STRATA_HOT_TIER_MAX_AGE_DAYS: '3',
  STRATA_USER_ISSUERS: '["firebase:my-project"]',
});
const open: Deployment = deploymentOf(['--public', '--redis-gib', '0'], {
  STRATA_USER_ISSUERS: '["firebase:my-project"]',
});
const small: Deployment = deploymentOf(['--redis-gib', '0', '--database', 'memories']);

describe('the script', () => {
  it('deploys everything', async () => {
    await expect(showScript(deployCommands(whole))).toMatchFileSnapshot('scripts/whole.sh');
  });

  it('leaves out what nobody asked for', async () => {
    await expect(showScript(deployCommands(small))).toMatchFileSnapshot('scripts/small.sh');
  });

  it('believes no token on sight where everybody gets in', () => {
    const deployed = deployCommands(open).filter(({ argv }) => argv[1] === 'deploy');
    const isOpen = deployed.filter(({ argv }) => argv.includes('--allow-unauthenticated'));
    expect(isOpen.map(({ argv }) => argv[2])).toEqual(['write-items', 'read-items', 'erase-user']);
    const trusting = deployed.filter(({ argv }) =>
      argv.join(' ').includes('STRATA_TRUST_IAM=true'),
    );
    expect(trusting.map(({ argv }) => argv[2])).toEqual([
      'ingest-items',
      'migrate-tiers',
      'migrate-session',
      'summarize-session',
      'collect-metrics',
    ]);
    expect(isOpen.every(({ argv }) => argv.join(' ').includes('STRATA_SERVICE_AUDIENCE='))).toBe(
      true,
    );
  });

  it.each([whole, small, open])('is one that bash can read', (deployment) => {
    const input = showScript(deployCommands(deployment));
    expect(spawnSync('bash', ['-n'], { input }).stderr.toString()).toBe('');
  });
});

describe('running the commands', () => {
  let dir: string;
  const said: string[] = [];
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'strata-deploy-'));
    said.length = 0;
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  /** A program that writes down how it was called and then does what bash is told. */
  function stand(body: string): { readonly run: (all: readonly Command[]) => Promise<void> } {
    const path = join(dir, 'gcloud');
    writeFileSync(path, `#!/bin/bash\necho "$*" >> ${dir}/calls\n${body}\n`);
    chmodSync(path, 0o755);
    const env = { ...process.env, PATH: `${dir}${delimiter}${process.env['PATH']}` };
    return { run: (all) => runCommands(all, { say: (line) => said.push(line), env }) };
  }
  const calls = () => readFileSync(join(dir, 'calls'), 'utf8').trim().split('\n');

  it('makes what is not there, keeps what is printed, and hands it on', async () => {
    const { run } = stand('[ "$1" = describe ] && exit 1; [ "$1" = host ] && echo 10.0.0.3; cat');
    await run([
      gcloud('Make it', ['create'], { unless: ['describe'] }),
      gcloud('Ask', ['host'], { into: 'REDIS_HOST' }),
      gcloud('Keep it', ['add', '--data-file=-'], { input: `redis://\${REDIS_HOST}`, into: 'URL' }),
      gcloud('Use it', [`use=\${URL}`]),
    ]);
    expect(calls()).toEqual([
      'describe',
      'create',
      'host',
      'add --data-file=-',
      'use=redis://10.0.0.3',
    ]);
    expect(said).toEqual(['[1/4] Make it', '[2/4] Ask', '[3/4] Keep it', '[4/4] Use it']);
  });

  it('keeps a secret that is the same, and adds a version of one that is not', async () => {
    const keep = (secret: string) =>
      gcloud(`Keep ${secret}`, ['add', secret], {
        input: `one\ntwo \${HOST}`,
        unlessSame: ['access', secret],
      });
    const prints =
      '[ "$2" = same ] && printf "one\\ntwo 10.0.0.3\\n"; [ "$2" = shorter ] && echo one';
    const { run } = stand(
      `[ "$1" = host ] && echo 10.0.0.3; [ "$1" = access ] && { ${prints}; exit 0; }; true`,
    );
    await run([
      gcloud('Ask', ['host'], { into: 'HOST' }),
      ...['same', 'shorter', 'none'].map(keep),
    ]);
    expect(calls().slice(1)).toEqual([
      ...['access same', 'access shorter', 'add shorter', 'access none', 'add none'],
    ]);
    expect(said[1]).toBe('[2/4] Keep same: the same');
  });

  it('does as the script does: a secret that is the same is kept', () => {
    const commands = [
      gcloud('Ask', ['host'], { into: 'HOST' }),
      ...['same', 'other'].map((secret) =>
        gcloud(`Keep ${secret}`, ['add', secret], {
          input: `redis://\${HOST}`,
          unlessSame: ['access', secret],
        }),
      ),
    ];
    stand('case "$*" in host) echo h;; "access same") echo redis://h;; access*) exit 1;; esac');
    const env = { ...process.env, PATH: `${dir}${delimiter}${process.env['PATH']}` };
    const ran = spawnSync('bash', ['-c', showScript(commands)], { env });
    expect(ran.stderr.toString()).toBe('');
    expect(ran.status).toBe(0);
    expect(calls()).toEqual(['host', 'access same', 'access other', 'add other']);
  });

  it('leaves what is there', async () => {
    await stand('exit 0').run([gcloud('Make it', ['create'], { unless: ['describe'] })]);
    expect(calls()).toEqual(['describe']);
    expect(said).toEqual(['[1/1] Make it: there']);
  });

  it.each([
    ['You do not currently have an active account selected.', 'gcloud auth login'],
    [
      'There was a problem refreshing your current auth tokens: Reauthentication',
      'gcloud auth login',
    ],
    [
      "PERMISSION_DENIED: Project 'p1' not found or deleted.",
      'p1 has to be among these: gcloud projects list',
    ],
    [
      'User [me] does not have permission to access projects instance [p1] (or it may not exist)',
      'p1 has to be among these: gcloud projects list',
    ],
    [
      'PERMISSION_DENIED: Cloud Scheduler API has not been used in project 1 before or it is disabled. Visit cloudscheduler.googleapis.com',
      'gcloud services enable cloudscheduler.googleapis.com --project=p1',
    ],
    ['FAILED_PRECONDITION: Billing account for project is not found.', 'projects link p1'],
    ['PERMISSION_DENIED: caller does not have permission', '--member=user:YOU --role=roles/owner'],
    ['RESOURCE_EXHAUSTED: Quota exceeded', 'iam-admin/quotas?project=p1'],
  ])('stops at "%s", and says what mends it and how to go on', async (text, mend) => {
    const { run } = stand(`[ "$1" = second ] && { echo "${text}" >&2; exit 1; }; exit 0`);
    const commands = ['first', 'second', 'third'].map((name) =>
      gcloud(`The ${name}`, [name, '--project=p1']),
    );
    const error = await run(commands).catch((thrown: Error) => thrown.message);
    expect(error).toContain('The second: gcloud second --project=p1 … ended with 1');
    expect(error).toContain(text);
    expect(error).toContain(mend);
    expect(error).toContain('1 of 3 steps are done. Run the same command again');
    expect(calls()).toEqual(['first --project=p1', 'second --project=p1']);
  });

  it('says so when there is no gcloud', async () => {
    const env = { PATH: dir };
    const running = runCommands([gcloud('Make it', ['create'])], { say: () => undefined, env });
    await expect(running).rejects.toThrow('There is no gcloud: install it');
  });
});

it('stops after the command that runs when it is told to, and says how to go on', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'strata-stop-'));
  writeFileSync(join(dir, 'gcloud'), '#!/bin/sh\nsleep 0.2\necho 1\n', { mode: 0o755 });
  try {
    const PATH = `${dir}${delimiter}${process.env['PATH']}`;
    const child = startNode(['infra/deploy/main.ts', ...PLACE], { PATH });
    child.process.stdout?.once('data', () => child.process.kill('SIGINT'));
    expect(await child.ended).toBe(1);
    expect(child.stdout()).toContain('Stopping after this step');
    expect(child.stderr()).toMatch(/^strata: Stopped\. [12] of \d+ steps are done\. Run the same/);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

describe('the arguments', () => {
  it.each([
    [[], '--project is missing'],
    [[...PLACE, '--redis-gib', 'much'], '--redis-gib is a whole number from 0 to 300'],
    [[...PLACE, '--invoker', 'me'], '--invoker takes serviceAccount:NAME@…, not "me"'],
    [[...PLACE, '--invoker', 'allUsers'], '--invoker takes serviceAccount'],
    [[...PLACE, '--public'], '--public needs STRATA_USER_ISSUERS'],
    [[...PLACE, '--fast'], "Unknown option '--fast'"],
  ])('are refused with a reason: %j', (argv, message) => {
    expect(() => parseDeployArguments(argv, {})).toThrow(message);
  });

  it('hand on that rules are to be left', () => {
    const provision = (argv: readonly string[]) =>
      deployCommands(deploymentOf(argv)).find(({ argv }) => argv.includes('provision'))?.argv;
    expect(provision([])).not.toContain('--keep-rules');
    expect(provision(['--keep-rules'])).toContain('--keep-rules');
  });

  it('hand on the variables that mean something elsewhere', () => {
    const { env } = deploymentOf(['--invoker', AGENT], {
      STRATA_DATA_DIR: '/home/me',
      STRATA_CURSOR_KEY: 'one-of-this-machine-with-32-characters',
      STRATA_HOST: '127.0.0.1',
      STRATA_LOG: 'info',
      STRATA_SERVICE_ACCOUNTS: 'other@p.iam.gserviceaccount.com',
      HOME: '/home/me',
    });
    expect(env).toEqual({
      STRATA_LOG: 'info',
      STRATA_SERVICE_ACCOUNTS:
        'other@p.iam.gserviceaccount.com,agent@my-project.iam.gserviceaccount.com',
    });
  });
});
