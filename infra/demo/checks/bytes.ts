import type { Examined } from '../findings.ts';

/**
 * How many of these byte strings occur in a file. One pass over the bytes: a table of the first four
 * bytes says where a comparison is worth it.
 */
export function countFound(files: readonly Buffer[], needles: readonly Buffer[]): number {
  const byStart = new Map<number, Buffer[]>();
  const mayStart = new Uint8Array(65_536);
  for (const needle of needles.filter(({ length }) => length >= NEEDLE_MIN_BYTES)) {
    const start = needle.readUInt32LE(0);
    byStart.set(start, [...(byStart.get(start) ?? []), needle]);
    mayStart[slotOf(start)] = 1;
  }
  const found = new Set<Buffer>();
  for (const file of files) {
    for (let at = 0; at + 4 <= file.length; at++) {
      const start = file.readUInt32LE(at);
      if (mayStart[slotOf(start)] === 0) continue;
      for (const needle of byStart.get(start) ?? []) {
        if (!found.has(needle) && file.subarray(at, at + needle.length).equals(needle))
          found.add(needle);
      }
    }
  }
  return found.size;
}

export const NEEDLE_MIN_BYTES = 16;
const NEEDLE_MAX_BYTES = 48;

const slotOf = (start: number): number => (Math.imul(start, 0x9e3779b1) >>> 16) & 0xffff;

/**
 * Pieces of texts that tell them from others and are stored as they are: the longest run without
 * what JSON escapes. Texts too short for that are left out.
 */
export function needlesOf(texts: readonly string[]): Buffer[] {
  const pieces = texts.flatMap((text) => {
    const runs = text.split(/["\\\p{Cc}]/u).sort((a, b) => b.length - a.length);
    const bytes = Buffer.from(runs[0] ?? '');
    if (bytes.length < NEEDLE_MIN_BYTES) return [];
    const from = Math.max(0, Math.floor((bytes.length - NEEDLE_MAX_BYTES) / 2));
    return [bytes.subarray(from, from + NEEDLE_MAX_BYTES).toString('hex')];
  });
  return [...new Set(pieces)].map((hex) => Buffer.from(hex, 'hex'));
}

/** Invariant 12 on the disk: what could be found in the data directory before can't be any more. */
export function checkBytesGone(
  before: { readonly found: number; readonly needles: number },
  after: { readonly found: number },
): Examined {
  const faults = after.found > 0 ? [`${after.found} texts or blocks are still in the files`] : [];
  if (before.found === 0) faults.push('nothing was found in the files before: the search is blind');
  return {
    invariant: 12,
    looked: { 'piece of text or block gone from disk': before.found },
    faults,
  };
}
