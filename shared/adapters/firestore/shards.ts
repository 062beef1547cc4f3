/**
 * Due queries go over this many shards of the index. An index on a growing value such as a due date
 * takes about 500 writes a second (https://firebase.google.com/docs/firestore/best-practices).
 */
export const SHARDS: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7];
