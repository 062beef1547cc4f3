/**
 * Options of an LRU cache of so many entries, counted as sizes: with `max` the cache makes room for
 * all of them at once, which is while a function starts.
 */
export const roomFor = (entries: number) => ({ maxSize: entries, sizeCalculation: () => 1 });
