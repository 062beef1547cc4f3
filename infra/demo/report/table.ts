/** Columns as wide as their widest cell; the first one to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[], leftColumns = 1): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
    });
  }
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const space = ' '.repeat((widths[column] ?? 0) - widthOf(cell));
        return column < leftColumns ? cell + space : space + cell;
      })
      .join('  ')
      .trimEnd(),
  );
}

const WIDE = /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60]/gu;

/** Columns that a text takes on a terminal: Chinese characters take two. */
export const widthOf = (text: string): number => [...text].length + (text.match(WIDE)?.length ?? 0);

/** A text in one line of so many columns, cut with `…` where it is longer. */
export function shorten(text: string, columns: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (widthOf(line) <= columns) return line;
  let cut = '';
  for (const character of line) {
    if (widthOf(cut + character) >= columns) break;
    cut += character;
  }
  return `${cut.trimEnd()}…`;
}

/** Cuts a word that is longer than a line. */
function chop(word: string, columns: number): string[] {
  const pieces = [''];
  for (const character of word) {
    const piece = pieces.at(-1) ?? '';
    if (piece !== '' && widthOf(piece + character) > columns) pieces.push(character);
    else pieces[pieces.length - 1] = piece + character;
  }
  return pieces;
}

/** Breaks a text into lines of so many columns, at spaces where there are any. */
export function wrap(text: string, columns: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(' ').flatMap((part) => chop(part, columns))) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (line !== '' && widthOf(longer) > columns) {
        lines.push(line);
        line = word;
      } else line = longer;
    }
    return [...lines, line];
  });
}
