/** A string, closed or cut off, and whether it is a key; a bracket; a comma; anything else. */
const JSON_TOKEN = /("(?:[^"\\]|\\.)*(?:"|$))(\s*:)?|[{[]|[}\]]|,|[^"{}[\],]+/gs;

/**
 * JSON as words: `{"order": "A1", "rows": [1, 2]}` is `order: A1, rows: 1, 2`. What follows a nested
 * value stands after a semicolon. The text may be cut off anywhere.
 */
export function plainJson(text: string): string {
  let words = '';
  let last = '';
  for (const [token, string, colon] of text.matchAll(JSON_TOKEN)) {
    const isEmpty = /^[}\]]$/.test(token) && /^[{[]$/.test(last);
    if (string !== undefined) words += said(string) + (colon ? ': ' : '');
    else if (token === ',') words += /^[}\]]$/.test(last) ? '; ' : ', ';
    else if (isEmpty) words += last + token;
    else if (!/^[{}[\]]$/.test(token)) words += token.trim();
    if (token.trim() !== '') last = token;
  }
  return words.trim();
}

/** What a string says; with its quotes where it says nothing. */
function said(quoted: string): string {
  if (quoted === '""') return quoted;
  if (!quoted.includes('\\')) return quoted.replaceAll('"', '');
  try {
    return String(JSON.parse(quoted));
  } catch {
    // Cut off, or no JSON: as it stands.
    return quoted.replace(/^"|"$/g, '');
  }
}

/** Whether a text is JSON with keys or strings in it; `[INFO] ready [ok]` is not. */
export const isJson = (text: string): boolean =>
  /^\s*(?:\{\s*"|\[\s*["{[])/.test(text) && /[}\]]\s*$/.test(text.slice(-40));
