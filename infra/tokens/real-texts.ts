import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PART_UNITS = 1_500;

/** Parts of what the patterns find: real code and prose, other ones with every change and package. */
export function realTexts(patterns: readonly string[], maxParts: number): string[] {
  const files = globSync([...patterns], { cwd: ROOT }).sort();
  const parts = files.flatMap((file) => cut(readFileSync(join(ROOT, file), 'utf8')));
  const step = Math.max(1, Math.floor(parts.length / maxParts));
  return parts.filter((_, index) => index % step === 0).slice(0, maxParts);
}

function cut(text: string): string[] {
  const count = Math.ceil(text.length / PART_UNITS);
  return Array.from({ length: count }, (_, index) =>
    text.slice(index * PART_UNITS, (index + 1) * PART_UNITS),
  );
}
