import { totalmem } from 'node:os';
import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';

const MIB = 1_048_576;
const YOUNG = new Set(['new_space', 'new_large_object_space']);

/** What the old generation of the heap holds now, garbage included, in bytes. Takes some 10 µs. */
export const oldSpaceUsedBytes = (): number =>
  getHeapSpaceStatistics()
    .filter(({ space_name: name }) => !YOUNG.has(name))
    .reduce((sum, { space_used_size: bytes }) => sum + bytes, 0);

let knownLimitBytes: number | undefined;

/** What it may hold in this process: there the process ends. It does not change. */
export function oldSpaceLimitBytes(): number {
  knownLimitBytes ??= readOldSpaceLimit();
  return knownLimitBytes;
}

function readOldSpaceLimit(): number {
  // Node's own variable, no configuration of ours.
  // biome-ignore lint/style/noProcessEnv: what Node read there when it started.
  const { NODE_OPTIONS: options = '' } = process.env;
  return oldSpaceLimitOf({
    limitBytes: getHeapStatistics().heap_size_limit,
    memoryBytes: containerLimitBytes() ?? totalmem(),
    flags: [...options.split(/\s+/), ...process.execArgv],
  });
}

/** What a container allows; Node says a number larger than any machine where there is no limit. */
export function containerLimitBytes(): number | undefined {
  const limitBytes = process.constrainedMemory();
  return limitBytes > 0 && limitBytes < totalmem() ? limitBytes : undefined;
}

export interface HeapFacts {
  /** V8's `heap_size_limit`: both generations together. */
  readonly limitBytes: number;
  /** What the process may use of the machine. */
  readonly memoryBytes: number;
  /** Of the command line and of `NODE_OPTIONS`; of equal ones the last counts. */
  readonly flags: readonly string[];
}

/**
 * What the old generation may take, in bytes: there V8 gives up, also while its limit for the whole
 * heap is far away, of which the young generation has up to 192 MiB (measured on Node 24: with
 * `--max-old-space-size=64` a process ends at 55 MB, and says that its limit is 268 MB).
 */
export function oldSpaceLimitOf({ limitBytes, memoryBytes, flags }: HeapFacts): number {
  const oldMib = flag(flags, 'max-old-space-size');
  if (oldMib) return oldMib * MIB;
  const percent = flag(flags, 'max-old-space-size-percentage');
  if (percent) return (memoryBytes * percent) / 100;
  const semiMib = flag(flags, 'max-semi-space-size');
  if (semiMib) return limitBytes - 3 * semiMib * MIB;
  // Left alone, V8 gives each of the young generation's three parts a 64th of the old one.
  return (limitBytes * 64) / 67;
}

/** V8 takes its flags with dashes and with underscores; 0 stands for none. */
function flag(flags: readonly string[], name: string): number {
  const values = flags.flatMap((text) => {
    const [key, value] = text.replace(/^--/, '').split('=');
    return key?.replaceAll('_', '-') === name ? Number(value) : [];
  });
  return values.at(-1) ?? 0;
}
