import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Embedded, openEmbedded } from '../../shared/components/embedded.ts';
import type { ItemDraft } from '../../shared/domain/item.ts';
import { type Clock, systemClock } from '../../shared/kernel/clock.ts';
import { StrataOptions } from '../../shared/options.ts';

export const USER = 'bench-user';

/** The embedded system on a directory of its own, removed afterwards. */
export async function withWorkspace<T>(
  run: (system: Embedded, dataDir: string) => Promise<T>,
  clock: Clock = systemClock,
): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'strata-bench-'));
  const system = await openEmbedded({ options: StrataOptions.parse({}), dataDir, clock });
  try {
    return await run(system, dataDir);
  } finally {
    await system.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

const WORDS =
  'the order arrives on Monday at nine and costs forty euros because the shop in town had a sale so please keep the receipt for the guarantee and tell me when it is there'.split(
    ' ',
  );

/** A message of about 300 characters, another one for every number: chat, not random bytes. */
export function draft(index: number, createdAtMs?: number): ItemDraft {
  const words = Array.from(
    { length: 55 },
    (_, place) => WORDS[(index * 7 + place * (1 + (index % 5))) % WORDS.length],
  );
  return {
    content: `${words.join(' ')} (number ${index})`,
    contentType: index % 2 ? 'assistant_message' : 'user_message',
    ...(createdAtMs === undefined ? {} : { createdAtMs }),
  };
}

/** Appends `count` items to a session in batches. */
export async function fill(
  { memory }: Embedded,
  sessionId: string,
  count: number,
  createdAtMs?: number,
): Promise<void> {
  const batch = 250;
  for (let from = 0; from < count; from += batch) {
    const size = Math.min(batch, count - from);
    await memory.append({
      userId: USER,
      sessionId,
      items: Array.from({ length: size }, (_, index) => draft(from + index, createdAtMs)),
      startedAtMs: Date.now(),
      isEvent: false,
    });
  }
}
