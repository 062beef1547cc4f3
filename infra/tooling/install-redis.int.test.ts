import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { startNode } from '../local/child.ts';

/** All programs that there are: an apt-get that finds nothing, and no server. */
const PATH = mkdtempSync(join(tmpdir(), 'strata-path-'));
writeFileSync(
  join(PATH, 'apt-get'),
  '#!/bin/sh\necho "E: Unable to locate package redis-server" >&2\nexit 100\n',
  { mode: 0o755 },
);
afterAll(() => rmSync(PATH, { recursive: true, force: true }));

it('start:emulators without a Redis says in two lines what to do, and shows no stack', async () => {
  // Nobody asks that emulator for anything before the Redis is there.
  const env = { PATH, PORT: '0', STRATA_STORE: 'sqlite', PUBSUB_EMULATOR_HOST: '127.0.0.1:1' };
  const child = startNode(['infra/local/emulators.ts'], env);
  expect(await child.ended).toBe(1);
  expect(child.stderr()).toContain(
    'strata: No Redis could be started: install redis-server, or name one that runs in REDIS_URL.',
  );
  expect(child.stderr()).not.toMatch(/^\s+at /m);
  expect(child.stderr()).not.toContain('DPkg');
  if (child.stderr().includes('installing it with apt-get'))
    expect(child.stderr()).toContain(
      'apt-get could not install redis-server (E: Unable to locate package redis-server): install it or valkey-server yourself, or name one that runs in REDIS_URL\n',
    );
});
