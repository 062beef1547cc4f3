import { fileURLToPath } from 'node:url';
import { openChunks } from './load-chunks.ts';

/** The parts of this bundle. `main` registers the function. */
export const chunks = openChunks(fileURLToPath(new URL('.', import.meta.url)), import.meta.url);
chunks.load('main.cjs');
