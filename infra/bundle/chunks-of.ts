import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin, transform } from 'esbuild';
import type { FunctionName } from '../../shared/topology.ts';
import { absentFrom } from './contents.ts';
import { FRAMEWORK } from './layout.ts';
import { lean } from './lean.ts';
import { WRAPPER } from './load-chunks.ts';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COMMON = {
  platform: 'node',
  target: 'node24',
  minifyWhitespace: true,
  minifySyntax: true,
  // Names stay: they are in stack traces, and packages tell errors apart by those of their classes.
  minifyIdentifiers: true,
  legalComments: 'none',
  logLevel: 'silent',
} as const;

export interface BuiltFile {
  readonly name: string;
  readonly text: string;
}

/**
 * The code of a function in parts. What the code imports dynamically is a part of its own, loaded
 * when it is first used, and so is what several of them share.
 */
export const chunksOf = (
  name: FunctionName,
  first: readonly Plugin[],
): Promise<readonly BuiltFile[]> =>
  partsFrom({
    entryPoints: { main: `functions/${name}/index.ts` },
    // It starts before us, and its registry of functions must be the one that we register in.
    external: [FRAMEWORK],
    plugins: [...first, lean(absentFrom(name))],
  });

/** The functions framework: `framework` is what functions import, `start` runs one. */
export const frameworkChunks = (): Promise<readonly BuiltFile[]> =>
  partsFrom({
    entryPoints: { framework: FRAMEWORK, start: `node_modules/${FRAMEWORK}/build/src/main.js` },
    plugins: [lean([])],
  });

async function partsFrom(
  what: Pick<BuildOptions, 'entryPoints' | 'external' | 'plugins'>,
): Promise<readonly BuiltFile[]> {
  const { outputFiles, metafile } = await build({
    ...COMMON,
    ...what,
    absWorkingDir: ROOT,
    bundle: true,
    splitting: true,
    format: 'esm',
    outdir: 'out',
    write: false,
    metafile: true,
    conditions: ['strata-source'],
  });
  return Promise.all(
    outputFiles.map(({ path, text }) => {
      const file = basename(path);
      const { entryPoint = '' } = metafile.outputs[`out/${file}`] ?? {};
      const isCommonJs = metafile.inputs[entryPoint]?.format === 'cjs';
      return commonJs(file, text, isCommonJs ? UNWRAP : '');
    }),
  );
}

/**
 * A package in CommonJS that is imported dynamically: of its exports esbuild leaves `default` alone
 * (https://github.com/evanw/esbuild/issues/3245), so here the names are where an import finds them.
 */
const UNWRAP = 'module.exports=module.exports.default;';

async function commonJs(file: string, esm: string, end: string): Promise<BuiltFile> {
  const key = `${end}\n${esm}`;
  const known = transformed.get(key) ?? toCommonJs(esm, end);
  transformed.set(key, known);
  const code = await known;
  return { name: cjsName(file), text: code.replaceAll(/"\.\/([\w-]+)\.js"/g, '"./$1.cjs"') };
}

/** Most parts are the same in several functions. */
const transformed = new Map<string, Promise<string>>();

/** Only CommonJS can be compiled with code that V8 kept. */
async function toCommonJs(esm: string, end: string): Promise<string> {
  const { code } = await transform(esm, {
    ...COMMON,
    format: 'cjs',
    // `import()` becomes a promise of `require()`.
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': 'url' },
    banner: WRAPPER.before,
    footer: `${end}${WRAPPER.after}`,
  });
  return code;
}

const cjsName = (file: string): string => file.replace(/\.js$/, '.cjs');
