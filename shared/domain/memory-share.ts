/**
 * Of what pins and system items leave of a context, summary and facts take this share at most, and
 * the recent items have the rest: what was told once stands in the memory, what is needed next more
 * often in the recent items. With 0.6, at 4,000 tokens, all of a full summary and full facts fits.
 * At 0.5, 3 of 100 planted facts more were missing; at 0.65, 2 of 100 ids more that the next calls of
 * agents needed, at 2,000 tokens (`npm run bench -- retention`, and 100 recorded runs; 2026-11).
 */
export const MEMORY_SHARE = 0.6;
