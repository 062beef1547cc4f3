import { FORMATS } from '../../../shared/domain/item.ts';
import { canonicalJson } from '../../../shared/kernel/json.ts';
import type { Client } from '../client.ts';
import type { Examined } from '../findings.ts';
import type { SentSession } from '../sent.ts';

type Reader = Pick<Client, 'context' | 'coverage' | 'history'>;

/** Invariant 4: after `drop` every answer is what it was, the count of accesses aside. */
export async function checkDisposable(
  client: Reader,
  sent: SentSession,
  drop: () => Promise<void>,
): Promise<Examined> {
  // The first answers may come from the store: only the second ones are surely cached.
  await answers(client, sent);
  const before = await answers(client, sent);
  await drop();
  const after = await answers(client, sent);
  const faults = [...before].flatMap(([what, answer]) =>
    after.get(what) === answer
      ? []
      : [`${sent.name.sessionId}: ${what} is another one without the cache`],
  );
  return { invariant: 4, looked: { 'drop of the cache': 1, answer: before.size }, faults };
}

async function answers(client: Reader, { name }: SentSession): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const format of ['raw', ...FORMATS] as const)
    found.set(`the ${format} context`, stable((await client.context(name, { format })).body));
  found.set('the coverage', stable(await client.coverage(name)));
  found.set('the history', stable(await client.history(name)));
  return found;
}

/** Reading counts as an access, so that count differs between any two answers. */
const stable = (answer: unknown): string =>
  canonicalJson(
    JSON.parse(JSON.stringify(answer), (key, value) => (key === 'accessCount' ? 0 : value)),
  );
