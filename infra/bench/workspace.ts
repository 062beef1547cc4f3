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

const SYLLABLES = 'ba den ker li mo nu pra rin sel ta ver wo zu chi gra'.split(' ');
/** 1,500 made-up words of one to three syllables. */
const WORDS = Array.from({ length: 1_500 }, (_, index) =>
  [index, Math.floor(index / 15), Math.floor(index / 225)]
    .slice(0, 1 + (index % 3))
    .map((part) => SYLLABLES[part % SYLLABLES.length])
    .join(''),
);

/** Numbers from 0 to below 1 that are the same in every run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A message of about 300 characters, another one for every number, with words as skewed as speech. */
export function draft(index: number, createdAtMs?: number): ItemDraft {
  const random = seeded(index);
  const words = Array.from({ length: 55 }, () => WORDS[Math.floor(1_500 ** random()) - 1]);
  return {
    content: `${words.join(' ')} (number ${index})`,
    contentType: index % 2 ? 'assistant_message' : 'user_message',
    ...(createdAtMs === undefined ? {} : { createdAtMs }),
  };
}

/** Appends `count` items to a session in batches. */
export async function fill(
  { memory }: Pick<Embedded, 'memory'>,
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
