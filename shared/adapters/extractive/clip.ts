const ELLIPSIS = '…';

/** The start of a text in at most `maxUnits` UTF-16 units, with `…` where something is cut off. */
export function clip(text: string, maxUnits: number): string {
  if (text.length <= maxUnits) return text;
  return `${head(text, Math.max(0, maxUnits - ELLIPSIS.length)).trimEnd()}${ELLIPSIS}`;
}

/** The first `units` UTF-16 units, one less where the cut would part a surrogate pair. */
export const head = (text: string, units: number): string =>
  text.slice(0, isInPair(text, units) ? units - 1 : units);

/** The last `units` UTF-16 units, one less where the cut would part a surrogate pair. */
export function tail(text: string, units: number): string {
  const from = Math.max(0, text.length - units);
  return text.slice(isInPair(text, from) ? from + 1 : from);
}

const isInPair = (text: string, index: number): boolean =>
  /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(Math.max(0, index - 1), index + 1));

/** The longest clipped form of a text that fits; `undefined` when not even one character does. */
export function clipToFit(text: string, fits: (part: string) => boolean): string | undefined {
  if (fits(text)) return text;
  let fitting = 0;
  let tooLong = text.length;
  while (tooLong - fitting > 1) {
    const middle = (fitting + tooLong) >> 1;
    if (fits(clip(text, middle))) fitting = middle;
    else tooLong = middle;
  }
  const clipped = fitting > 1 ? clip(text, fitting) : '';
  return clipped === '' || clipped === ELLIPSIS ? undefined : clipped;
}
