import { crc32 } from 'node:zlib';
import type { DocumentData, DocumentSnapshot } from '@google-cloud/firestore';
import type { Segment, SegmentInfo } from '../../domain/segment.ts';
import { AppError } from '../../kernel/app-error.ts';
import { assertFits } from './packing.ts';

/** @throws AppError `payload-too-large` when the segment does not fit one document. */
export function segmentFields(segment: Segment): DocumentData {
  const { bytes, accesses, ...known } = segment;
  const { firstSeq, lastSeq, count } = segment;
  const info = JSON.stringify(known);
  assertFits(bytes.byteLength + info.length, 'segment');
  const crc = crc32(info);
  return { firstSeq, lastSeq, count, info, crc, accesses: JSON.stringify(accesses), bytes };
}

/** @throws AppError `data-loss`. */
function infoOf(snapshot: DocumentSnapshot): SegmentInfo {
  const text = String(snapshot.get('info'));
  if (crc32(text) !== snapshot.get('crc')) {
    throw new AppError('data-loss', 'A stored segment does not match its checksum', {
      details: { path: snapshot.ref.path },
    });
  }
  try {
    // Its shape is known: `segmentFields` wrote it.
    const info = JSON.parse(text) as Omit<SegmentInfo, 'accesses'>;
    const accesses = JSON.parse(String(snapshot.get('accesses'))) as SegmentInfo['accesses'];
    return { ...info, accesses };
  } catch {
    // No cause: the parser's message quotes the text.
    throw new AppError('data-loss', 'A stored segment is not what was written', {
      details: { path: snapshot.ref.path },
    });
  }
}

/**
 * The segment; whether its bytes match their checksum is seen when they are decoded.
 *
 * @throws AppError `data-loss`.
 */
export function segmentOf(snapshot: DocumentSnapshot): Segment {
  const bytes: unknown = snapshot.get('bytes');
  if (bytes instanceof Uint8Array) return { ...infoOf(snapshot), bytes };
  throw new AppError('data-loss', 'A segment has no bytes', {
    details: { path: snapshot.ref.path },
  });
}
