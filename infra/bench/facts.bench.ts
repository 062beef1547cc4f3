import { extractFacts } from '../../shared/domain/facts/facts.ts';
import type { Item } from '../../shared/domain/item.ts';
import { HARD_UNITS } from '../../shared/testing/hard-units.ts';
import { medianOf, ratio, round } from './measure.ts';
import { draft } from './workspace.ts';

const KIB = 1_024;
/** The longest item, and more than that. */
const SMALL_KIB = 256;
const LARGE_KIB = 1_024;
const ROUNDS = 3;
/** Four times the text takes four times as long, or 16 times where that is quadratic. */
const MOST_GROWTH = 10;

/** How long the processor takes to find the facts of a text, and whether that grows as the text does. */
export async function facts() {
  const growths = Object.entries(HARD_UNITS).map(([name, unit]) => {
    const small = timeMs(unit, SMALL_KIB);
    const large = timeMs(unit, LARGE_KIB);
    if (large > MOST_GROWTH * small)
      throw new Error(`${name}: ${small} ms for ${SMALL_KIB} KiB, ${large} for ${LARGE_KIB}`);
    return { growth: large / small, small };
  });
  const chat = Array.from({ length: 900 }, (_, index) => draft(index).content).join('\n');
  return {
    'chat, ms for 256 KiB': round(timeMs(chat, SMALL_KIB)),
    'worst text, ms for 256 KiB': round(Math.max(...growths.map(({ small }) => small))),
    '1 MiB over 256 KiB, worst text': round(Math.max(...growths.map(({ growth }) => growth))),
    '1 MiB over 256 KiB, median text': ratio(medianOf(growths.map(({ growth }) => growth)), 1),
  };
}

function timeMs(unit: string, kib: number): number {
  const content = unit.repeat(Math.ceil((kib * KIB) / unit.length)).slice(0, kib * KIB);
  const item: Item = {
    ...{ seq: 1, content, contentType: 'user_message' },
    ...{ createdAtMs: 0, pinned: false, tokens: 1 },
  };
  // Time of the processor, and the shortest: what else the machine does is not to be measured.
  return Math.min(
    ...Array.from({ length: ROUNDS }, () => {
      const before = process.threadCpuUsage();
      extractFacts([item]);
      const { user, system } = process.threadCpuUsage(before);
      return (user + system) / 1_000;
    }),
  );
}
