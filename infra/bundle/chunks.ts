import { pathToFileURL } from 'node:url';
import { openChunks } from './load-chunks.ts';

/** The parts of this bundle. */
export const chunks = openChunks(__dirname, pathToFileURL(__filename).href);
