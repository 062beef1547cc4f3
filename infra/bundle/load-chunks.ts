import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { zstdDecompressSync } from 'node:zlib';

/** A part of a bundle: a CommonJS module, compiled with what V8 made of it before. */
export interface Chunk {
  readonly script: Script;
  readonly exports: unknown;
}

export interface Chunks {
  load(name: string): unknown;
  /** Those that were loaded. */
  readonly loaded: ReadonlyMap<string, Chunk>;
}

type Wrapped = (
  module: { exports: unknown },
  exports: unknown,
  require: (id: string) => unknown,
  url: string,
  dirname: string,
  filename: string,
) => void;

/** Ends the name of a file with V8's code, compressed. */
export const CODE_ENDING = '.code';

/** More than most parts have: in steps of 16 KiB, the default, it takes twice as long. */
const AT_ONCE_BYTES = 1_048_576;

/** What stands around the code of a chunk. */
export const WRAPPER = {
  before: '(function(module,exports,require,url,__dirname,__filename){',
  after: '\n})',
} as const;

/**
 * Loads the parts of a bundle. Beside `NAME.cjs` may lie `NAME.cjs.code`: what V8 made of it by the end of
 * a run (see exercise.ts), which no `import` could use. V8 refuses the code of another version and compiles
 * then; nothing is ever written.
 */
export function openChunks(dir: string, url: string): Chunks {
  const ofNode = createRequire(url);
  const loaded = new Map<string, { script: Script; exports: unknown }>();
  const require = Object.assign(
    (id: string) => (id.startsWith('./') ? load(id.slice(2)) : ofNode(id)),
    { resolve: ofNode.resolve },
  );
  function load(name: string): unknown {
    const known = loaded.get(name);
    if (known) return known.exports;
    const filename = join(dir, name);
    const cachedData = bytesOf(`${filename}${CODE_ENDING}`);
    const source = readFileSync(filename, 'utf8');
    const script = new Script(source, { filename, ...(cachedData && { cachedData }) });
    const module = { script, exports: {} as unknown };
    loaded.set(name, module);
    // Whatever a bundle's file holds was wrapped by `WRAPPER`.
    (script.runInThisContext() as Wrapped)(module, module.exports, require, url, dir, filename);
    return module.exports;
  }
  return { load, loaded };
}

function bytesOf(file: string): Buffer | undefined {
  try {
    return zstdDecompressSync(readFileSync(file), { chunkSize: AT_ONCE_BYTES });
  } catch {
    return undefined; // A bundle works without.
  }
}
