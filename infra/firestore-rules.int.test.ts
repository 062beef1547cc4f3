import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { reportMissing } from './tooling/missing.ts';

const host = process.env['FIRESTORE_EMULATOR_HOST'];
const content = readFileSync(new URL('firestore.rules', import.meta.url), 'utf8');
const OPEN = content.replace('if false', 'if true');

const PATHS = [
  'sessions/aaaaaaaaaaaaaaaaaaaaaaaaaa',
  'sessions/aaaaaaaaaaaaaaaaaaaaaaaaaa/items/0000000000000001',
  'tombstones/a',
  'erasures/a',
  'deadLetters/a',
  'sweeps/a',
] as const;

function describeRules(at: string): void {
  const projectWith = async (rules: string): Promise<string> => {
    const project = `demo-${randomUUID()}`;
    const files = [{ name: 'firestore.rules', content: rules }];
    const loaded = await fetch(`http://${at}/emulator/v1/projects/${project}:securityRules`, {
      method: 'PUT',
      body: JSON.stringify({ rules: { files } }),
    });
    expect(loaded.status).toBe(200);
    return `http://${at}/v1/projects/${project}/databases/(default)/documents`;
  };
  /** Statuses of a read and of a write, by a client without the service's rights. */
  const statuses = async (documents: string, headers: Readonly<Record<string, string>> = {}) => {
    const calls = PATHS.flatMap((path) => [
      fetch(`${documents}/${path}`, { headers }),
      fetch(`${documents}/${path}`, { method: 'PATCH', body: '{"fields":{}}', headers }),
    ]);
    const seen = (await Promise.all(calls)).map(({ status }) => status);
    return [...new Set(seen)].sort();
  };

  it('give clients nothing, neither to read nor to write', async () => {
    expect(await statuses(await projectWith(content))).toEqual([403]);
  });

  it('are what keeps clients out, and leave the service alone', async () => {
    expect(await statuses(await projectWith(OPEN))).not.toContain(403);
    const service = { authorization: 'Bearer owner' };
    expect(await statuses(await projectWith(content), service)).not.toContain(403);
  });
}

if (host) {
  describe('the rules of Firestore', () => describeRules(host));
} else {
  it('needs a Firestore emulator', () => reportMissing('the rules of Firestore'));
}
