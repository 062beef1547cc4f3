import type { WordVector } from './word-vectors.ts';

/** Damping as in the paper; the iteration ends when no score moves by more. */
const DAMPING = 0.15;
const EPSILON = 1e-3;
const MAX_ROUNDS = 50;

/**
 * Continuous LexRank (Erkan & Radev, "LexRank: Graph-based Lexical Centrality as Salience in Text
 * Summarization", JAIR 22, 2004): a sentence counts as much as the sentences that are like it. The
 * scores are 1 on average. Quadratic in the sentences.
 */
export function lexRank(vectors: readonly WordVector[]): number[] {
  const size = vectors.length;
  const matrix = similarities(vectors);
  divideRows(matrix, size);
  let scores = new Float64Array(size).fill(1);
  for (let round = 0, change = 1; round < MAX_ROUNDS && change > EPSILON; round += 1) {
    const next = spread(matrix, scores);
    change = next.reduce((most, score, index) => {
      return Math.max(most, Math.abs(score - (scores[index] ?? 0)));
    }, 0);
    scores = next;
  }
  return [...scores];
}

/** Cosines of all pairs, row after row, found through the words that two sentences share. */
function similarities(vectors: readonly WordVector[]): Float64Array {
  const size = vectors.length;
  const matrix = new Float64Array(size * size);
  const holders = new Map<string, { readonly indices: number[]; readonly weights: number[] }>();
  for (const [index, vector] of vectors.entries()) {
    for (const [word, weight] of vector) {
      const { indices, weights } = holders.get(word) ?? { indices: [], weights: [] };
      if (indices.length === 0) holders.set(word, { indices, weights });
      indices.push(index);
      weights.push(weight);
      for (let at = 0; at < indices.length; at += 1) {
        const other = indices[at] ?? 0;
        const product = weight * (weights[at] ?? 0);
        matrix[index * size + other] = (matrix[index * size + other] ?? 0) + product;
        if (other === index) continue;
        matrix[other * size + index] = (matrix[other * size + index] ?? 0) + product;
      }
    }
  }
  return matrix;
}

/** Makes every row add up to 1, or to 0 where a sentence is like none, itself included. */
function divideRows(matrix: Float64Array, size: number): void {
  for (let row = 0; row < size; row += 1) {
    const cells = matrix.subarray(row * size, (row + 1) * size);
    const total = cells.reduce((sum, weight) => sum + weight, 0);
    if (total > 0) for (let at = 0; at < size; at += 1) cells[at] = (cells[at] ?? 0) / total;
  }
}

function spread(matrix: Float64Array, scores: Float64Array): Float64Array<ArrayBuffer> {
  const size = scores.length;
  const next = new Float64Array(size).fill(DAMPING);
  for (let from = 0; from < size; from += 1) {
    const share = (1 - DAMPING) * (scores[from] ?? 0);
    const row = from * size;
    for (let to = 0; to < size; to += 1) {
      next[to] = (next[to] ?? 0) + share * (matrix[row + to] ?? 0);
    }
  }
  return next;
}
