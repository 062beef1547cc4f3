/** What a reader may take for the bracket that begins a tag. */
const BRACKETS = /[<＜﹤‹〈〈⟨˂ᐸ❮❬⧼]/gu;
/** Nothing to be seen: zero-width and direction marks, tag characters, combining marks, controls. */
const UNSEEN = /^[\p{C}\p{M}\u115f\u1160\u3164\uffa0]$/u;
const SLASHES = /[\\∕⁄╱⧸⟋]/gu;
/** Enough for a slash, the longest name of a tag and what comes behind it. */
const REACH = 20;

/** Letters of other scripts that look like ours, beside those that Unicode's NFKD takes back itself. */
const ALIKE: ReadonlyMap<string, string> = new Map(
  Object.entries({
    a: 'аαᴀɑ',
    c: 'сᴄϲ',
    e: 'еεᴇ℮',
    i: 'іιıɩɪl1|!ⵏӏ',
    m: 'мμᴍ',
    n: 'пηոɴ',
    o: 'оοօᴏ0',
    r: 'гʀ',
    s: 'ѕꜱ',
    t: 'тτᴛ',
    u: 'υսᴜ',
    v: 'ѵνᴠ',
    y: 'уγʏү',
  }).flatMap(([letter, others]) => [...others].map((other) => [other, letter])),
);

/**
 * Rewrites the brackets with which a text could begin or end a tag of these names, in any spelling
 * that a person or a model could take for it: other brackets, other alphabets, invisible characters
 * between the letters. All else stays as it is.
 *
 * @param names in lower case, of letters that `ALIKE` knows or `_`.
 * @param rewrite gives what stands for the bracket, and for the slash behind it where there is one.
 */
export function withoutTags(
  text: string,
  names: RegExp,
  rewrite: (bracket: string, slash: string) => string,
): string {
  let rest = 0;
  let out = '';
  for (const { 0: bracket, index } of text.matchAll(BRACKETS)) {
    if (index < rest) continue;
    const { seen, afterSlash } = seenFrom(text, index + bracket.length);
    if (!names.test(seen)) continue;
    const end = afterSlash ?? index + bracket.length;
    out += text.slice(rest, index) + rewrite(bracket, afterSlash === undefined ? '' : '/');
    rest = end;
  }
  return rest === 0 ? text : out + text.slice(rest);
}

/** `^` the name of a tag, and nothing that would make it another word. */
export const tagNames = (...names: readonly string[]): RegExp =>
  new RegExp(`^(?:${names.join('|')})(?![a-z0-9_])`, 'u');

/** What is to be seen behind a bracket, in plain letters, up to a few of them or the next bracket. */
function seenFrom(text: string, from: number): { seen: string; afterSlash: number | undefined } {
  let seen = '';
  let afterSlash: number | undefined;
  for (let at = from; at < text.length && seen.length < REACH; ) {
    const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
    at += char.length;
    if (/\s/u.test(char)) {
      if (seen !== '') break;
      continue;
    }
    const plain = plainOf(char);
    if (plain === '/' && seen === '' && afterSlash === undefined) afterSlash = at;
    else seen += plain;
    if (/^[<>]/u.test(plain)) break;
  }
  return { seen, afterSlash };
}

const plainOf = (char: string): string =>
  [...char.normalize('NFKD').toLowerCase()]
    .filter((one) => !UNSEEN.test(one))
    .map((one) => ALIKE.get(one) ?? one)
    .join('')
    .replace(SLASHES, '/');
