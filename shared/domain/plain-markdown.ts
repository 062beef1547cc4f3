const FENCE = /^\s{0,8}(?:`{3,}|~{3,})[\w+-]{0,20}\s*$/;
/** Rules, and the line under a table's head. */
const RULE = /^[\s|:=*_-]{3,}$/;
/** Headings, quotes, list points and the edge of a table; numbers of lists stay, they are spoken of. */
const LINE_START = /^\s*(?:(?:#{1,6}|>|[-*•·])\s+|>|\|\s?)+/;
const TABLE_END = /\s*\|\s*$/;
/** Bold, struck out and italic: only in pairs that embrace whole words, not `2**10` or `__init__`. */
const SPANS = [
  /(?<![\w*/])\*\*(?=[^\s*])([^*\n]{1,300}?)(?<=[^\s*])\*\*(?![\w*/])/g,
  /(?<![\w/])__(?=[^\s_])([^_\n]{1,300}? [^_\n]{1,300}?)(?<=[^\s_])__(?!\w|\/|\.\w)/g,
  /(?<![\w~/])~~(?=[^\s~])([^~\n]{1,300}?)(?<=[^\s~])~~(?![\w~/])/g,
  /(?<![\w*/])\*(?=[\p{L}\p{N}“"('])([^*\n]{1,300}?)(?<=[\p{L}\p{N}.!?”"')])\*(?![\w*/])/gu,
];
const MARKS = /[*_~`#>|•·-]/;

/** Markdown without the marks that only show how it is set. What stands in a code fence stays as it is. */
export function plainMarkdown(text: string): string {
  if (!MARKS.test(text)) return text;
  let isCode = false;
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    if (FENCE.test(line)) isCode = !isCode;
    else if (isCode) lines.push(line);
    else if (!RULE.test(line)) lines.push(plainLine(line));
  }
  return lines.join('\n');
}

function plainLine(line: string): string {
  const isRow = /^\s*\|/.test(line);
  const bare = (isRow ? line.replace(TABLE_END, '') : line).replace(LINE_START, '');
  return SPANS.reduce((rest, span) => rest.replace(span, '$1'), bare);
}
