import type { SessionHead } from '../../domain/head.ts';
import type { StoredItem } from '../../domain/item.ts';
import type { Segment, SegmentInfo } from '../../domain/segment.ts';
import { AppError } from '../../kernel/app-error.ts';

export const decodeItem = (text: string): StoredItem => decode<StoredItem>(text, 'item');

export const decodeHead = (text: string): SessionHead => decode<SessionHead>(text, 'head');

/** A segment without its bytes and accesses: those stand in columns of their own. */
export function encodeSegmentInfo({ bytes: _, accesses: __, ...info }: Segment): string {
  return JSON.stringify(info);
}

export const decodeSegmentInfo = (info: string, accesses: string): SegmentInfo => ({
  ...decode<Omit<SegmentInfo, 'accesses'>>(info, 'segment'),
  accesses: decode<SegmentInfo['accesses']>(accesses, 'segment'),
});

/**
 * An identifier as text that SQLite keeps as it is: it may hold lone surrogates. Injective, and the
 * order of plain identifiers stays.
 */
export const encodeId = (id: string): string => JSON.stringify(id).slice(1, -1);

export const decodeId = (text: string): string => decode<string>(`"${text}"`, 'identifier');

export const encode = (value: unknown): string => JSON.stringify(value);

/**
 * Reads back what this file wrote, so its shape is known.
 *
 * @throws AppError `data-loss` when the text is not JSON.
 */
export function decode<T>(text: string, what: string): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    // No cause: the parser's message quotes the text.
    throw new AppError('data-loss', `A stored ${what} is not what was written`);
  }
}
