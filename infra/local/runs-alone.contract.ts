import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FUNCTIONS, type FunctionName } from '../../shared/topology.ts';
import { CALLS } from './calls-of-functions.ts';
import { freePort, startNode } from './child.ts';
import { removeDir, until } from './test-stack.ts';

interface Place {
  /** What starts the framework. */
  readonly framework: string;
  /** The folder that it loads the function from. */
  readonly source: string;
}

/** Every function does so, wherever it is. */
export function describeRunningAlone(what: string, placeOf: (name: FunctionName) => Place): void {
  it.concurrent.each(FUNCTIONS)(
    `%s runs alone under the functions framework, ${what}`,
    async (name) => {
      const dataDir = await mkdtemp(join(tmpdir(), 'strata-alone-'));
      const port = await freePort();
      const { framework, source } = placeOf(name);
      const child = startNode([framework, `--target=${name}`, `--source=${source}`], {
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
