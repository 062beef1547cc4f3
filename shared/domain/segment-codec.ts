import { AppError } from '../kernel/app-error.ts';
import { dropAbsent } from '../kernel/drop-absent.ts';
import { sha256 } from '../kernel/key.ts';
import { unzstd, zstd } from '../kernel/zstd.ts';
import { type Accesses, type Item, NO_ACCESSES, type StoredItem } from './item.ts';
import { type Codec, runsOf, type Segment } from './segment.ts';

/** A column of values that most items don't have. */
interface Sparse<T> {
  readonly at: readonly number[];
  readonly values: readonly T[];
}

/** Items by columns: all contents together, all times together. Seqs stand in the segment's runs. */
interface Columns {
  readonly contentTypes: readonly string[];
  readonly type: readonly number[];
  /** The first instant, then differences, in milliseconds. */
  readonly createdAtMs: readonly number[];
  readonly tokens: readonly number[];
  readonly content: readonly string[];
  readonly pinned?: Sparse<true>;
  readonly metadata?: Sparse<NonNullable<Item['metadata']>>;
  readonly toolCalls?: Sparse<NonNullable<Item['toolCalls']>>;
  readonly toolCallId?: Sparse<string>;
  readonly source?: Sparse<NonNullable<Item['source']>>;
}

/**
 * Packs items in ascending seq order into one segment.
 *
 * @param compress `false` stores the columns as they are.
 */
export function encodeSegment(items: readonly StoredItem[], compress: boolean): Segment {
  const first = items[0];
  const last = items.at(-1);
  if (!first || !last) throw new TypeError('A segment holds at least one item');
  const raw = Buffer.from(JSON.stringify(columnsOf(items)));
  const codec: Codec = compress ? 'columns-zstd' : 'columns-raw';
  const bytes = compress ? zstd(raw) : raw;
  return {
    firstSeq: first.seq,
    lastSeq: last.seq,
    count: items.length,
    runs: runsOf(items.map(({ seq }) => seq)),
    codec,
    storedBytes: bytes.byteLength,
    rawBytes: raw.byteLength,
    sha256: sha256(bytes),
    fromAtMs: Math.min(...items.map(({ createdAtMs }) => createdAtMs)),
    toAtMs: Math.max(...items.map(({ createdAtMs }) => createdAtMs)),
    accesses: accessesOf(items),
    bytes,
  };
}

/**
 * The items of a segment, in ascending seq order.
 *
 * @throws AppError `data-loss` when the bytes are not those that were written, or the codec is unknown.
 */
export function decodeSegment(segment: Segment): StoredItem[] {
  const { firstSeq, bytes } = segment;
  if (sha256(bytes) !== segment.sha256) {
    throw new AppError('data-loss', 'A segment does not match its checksum', {
      details: { firstSeq },
    });
  }
  const columns = parse(segment);
  const seqs = segment.runs.flatMap(({ fromSeq, toSeq }) =>
    Array.from({ length: toSeq - fromSeq + 1 }, (_, index) => fromSeq + index),
  );
  if (seqs.length !== columns.content.length) {
    throw new AppError('data-loss', 'A segment holds another number of items than it says', {
      details: { firstSeq, expected: seqs.length, found: columns.content.length },
    });
  }
  return itemsOf(columns, seqs, segment.accesses);
}

function parse(segment: Segment): Columns {
  const { codec, bytes, rawBytes } = segment;
  // The checksum vouches for the bytes, so the JSON is what encodeSegment wrote.
  switch (codec as Codec) {
    case 'columns-zstd':
      // The bound stops a decompression bomb: nothing larger was ever compressed.
      return JSON.parse(unzstd(bytes, rawBytes).toString());
    case 'columns-raw':
      return JSON.parse(Buffer.from(bytes).toString());
    default:
      throw new AppError('data-loss', 'A segment has a codec that this version does not know', {
        details: { codec },
      });
  }
}

function columnsOf(items: readonly Item[]): Columns {
  const contentTypes = [...new Set(items.map(({ contentType }) => contentType))];
  const times = items.map(({ createdAtMs }) => createdAtMs);
  return dropAbsent({
    contentTypes,
    type: items.map(({ contentType }) => contentTypes.indexOf(contentType)),
    createdAtMs: times.map((atMs, index) => atMs - (times[index - 1] ?? 0)),
    tokens: items.map(({ tokens }) => tokens),
    content: items.map(({ content }) => content),
    pinned: sparse(items, ({ pinned }) => pinned || undefined),
    metadata: sparse(items, ({ metadata }) => metadata),
    toolCalls: sparse(items, ({ toolCalls }) => toolCalls),
    toolCallId: sparse(items, ({ toolCallId }) => toolCallId),
    source: sparse(items, ({ source }) => source),
  });
}

function itemsOf(
  columns: Columns,
  seqs: readonly number[],
  accesses: Readonly<Record<string, Accesses>>,
): StoredItem[] {
  const pinned = lookup(columns.pinned);
  const metadata = lookup(columns.metadata);
  const toolCalls = lookup(columns.toolCalls);
  const toolCallId = lookup(columns.toolCallId);
  const source = lookup(columns.source);
  let createdAtMs = 0;
  return seqs.map((seq, index) => {
    createdAtMs += columns.createdAtMs[index] ?? 0;
    return dropAbsent({
      seq,
      content: columns.content[index] ?? '',
      contentType: columns.contentTypes[columns.type[index] ?? -1] ?? '',
      createdAtMs,
      tokens: columns.tokens[index] ?? 0,
      pinned: pinned.has(index),
      metadata: metadata.get(index),
      toolCalls: toolCalls.get(index),
      toolCallId: toolCallId.get(index),
      source: source.get(index),
      tier: 'cold' as const,
      accesses: accesses[seq] ?? NO_ACCESSES,
    });
  });
}

const accessesOf = (items: readonly StoredItem[]): Record<string, Accesses> =>
  Object.fromEntries(
    items.filter(({ accesses }) => accesses.count > 0).map(({ seq, accesses }) => [seq, accesses]),
  );

function sparse<T>(
  items: readonly Item[],
  pick: (item: Item) => T | undefined,
): Sparse<T> | undefined {
  const at: number[] = [];
  const values: T[] = [];
  items.forEach((item, index) => {
    const value = pick(item);
    if (value === undefined) return;
    at.push(index);
    values.push(value);
  });
  return at.length > 0 ? { at, values } : undefined;
}

const lookup = <T>(column: Sparse<T> | undefined): Map<number, T> =>
  new Map(column?.at.map((index, row) => [index, column.values[row] as T]));
