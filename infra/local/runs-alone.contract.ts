import { mkdtemp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FUNCTIONS, type FunctionName } from '../../shared/topology.ts';
import { CALLS } from './calls-of-functions.ts';
import { freePort, startNode } from './child.ts';
import { removeDir, until } from './test-stack.ts';

const FRAMEWORK = createRequire(import.meta.url)
  .resolve('@google-cloud/functions-framework')
  .replace(/index\.js$/, 'main.js');

/** Every function does so; `sourceOf` names the folder that the framework loads it from. */
export function describeRunningAlone(what: string, sourceOf: (name: FunctionName) => string): void {
  it.concurrent.each(FUNCTIONS)(
    `%s runs alone under the functions framework, ${what}`,
    async (name) => {
      const dataDir = await mkdtemp(join(tmpdir(), 'strata-alone-'));
      const port = await freePort();
      const child = startNode([FRAMEWORK, `--target=${name}`, `--source=${sourceOf(name)}`], {
        FUNCTION_TARGET: name,
        PORT: String(port),
        STRATA_DATA_DIR: dataDir,
      });
      const [method, path, body, status] = CALLS[name];
      const call = (init: RequestInit, at = path) => fetch(`http://127.0.0.1:${port}${at}`, init);
      const headers = { 'content-type': 'application/json' };
      try {
        const reply = await until(`${name} to answer`, async () => {
          if (child.process.exitCode !== null) throw new Error(child.stderr());
          const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
          return call(init).catch(() => undefined);
        });
        expect(reply.status).toBe(status);
        if (path === '/' && status !== 204) {
          const malformed = await call({ method: 'POST', headers, body: '{' });
          expect(malformed.status).toBe(400);
          expect(malformed.headers.get('content-type')).toBe('application/problem+json');
          const named = await call({ method, headers, body: JSON.stringify(body) }, `/${name}`);
          expect(named.ok).toBe(true);
        }
        const wrong = await call({ method: 'GET' }, '/%ZZ');
        expect(wrong.status).toBeGreaterThanOrEqual(400);
      } finally {
        child.process.kill('SIGKILL');
        await child.ended;
        await removeDir(dataDir);
      }
    },
  );
}
