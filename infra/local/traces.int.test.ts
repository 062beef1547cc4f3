import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { PrintedSpan } from '../../shared/testing/print-spans.ts';
import { freePort, startNode } from './child.ts';
import { removeDir, until } from './test-stack.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';

it('an append and the summary that it caused are one trace of the caller', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'strata-traces-'));
  const port = await freePort();
  const register = new URL('../../shared/testing/print-spans.ts', import.meta.url).href;
  const child = startNode(['--import', register, 'infra/local/serve.ts'], {
    PORT: String(port),
    STRATA_DATA_DIR: dataDir,
  });
  const spans = (): readonly PrintedSpan[] =>
    child
      .stdout()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
  const append = () =>
    fetch(`http://127.0.0.1:${port}/write-items`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent: `00-${TRACE}-${CALLER}-01` },
      body: JSON.stringify({
        userId: 'u1',
        sessionId: 's1',
        items: Array.from({ length: 30 }, (_, index) => ({
          content: `Message ${index} of a conversation about the garden.`,
          contentType: 'user_message',
        })),
      }),
    });
  try {
    const answer = await until('the server', async () => {
      if (child.process.exitCode !== null) throw new Error(child.stderr());
      return append().catch(() => undefined);
    });
    expect(answer.status).toBe(201);
    const summary = await until('the span of the summary', async () =>
      spans().find(({ name }) => name === 'strata.summarize_session'),
    );
    const written = spans().find(({ name }) => name === 'create_memory');
    expect(written).toMatchObject({ traceId: TRACE, parentSpanId: CALLER });
    expect(summary).toMatchObject({ traceId: TRACE, parentSpanId: written?.spanId });
  } finally {
    child.process.kill('SIGKILL');
    await child.ended;
    await removeDir(dataDir);
  }
});
