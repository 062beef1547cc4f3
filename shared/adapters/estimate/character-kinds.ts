/**
 * What kind of character a UTF-16 code unit is, for the estimate: a table of 64 KiB, built once.
 */
export const KIND = {
  /** In no vocabulary: spelled in UTF-8 bytes, a token each. */
  threeBytes: 0,
  twoBytes: 1,
  control: 2,
  space: 3,
  newline: 4,
  tab: 5,
  digit: 6,
  lower: 7,
  upper: 8,
  /** Latin letters beyond a–z: of western Europe, of the rest of Europe, and of Vietnamese. */
  western: 9,
  extended: 10,
  vietnamese: 11,
  /** ASCII marks that code and JSON put side by side, and the others. */
  bracket: 12,
  mark: 13,
  symbol: 14,
  surrogate: 15,
  han: 16,
  hangul: 17,
  hiragana: 18,
  katakana: 19,
  cyrillic: 20,
  otherCyrillic: 21,
  greek: 22,
  arabic: 23,
  hebrew: 24,
  devanagari: 25,
  tamil: 26,
  indian: 27,
  thai: 28,
  southEastAsian: 29,
  georgian: 30,
  ethiopic: 31,
  rareScript: 32,
} as const;

type Kind = (typeof KIND)[keyof typeof KIND];

/** First and last code unit, and the kind of all between; a later row overrides an earlier one. */
const RANGES: readonly (readonly [number, number, Kind])[] = [
  [0x0080, 0x07ff, KIND.twoBytes],
  [0x0000, 0x001f, KIND.control],
  [0x007f, 0x007f, KIND.control],
  [0x0021, 0x007e, KIND.mark],
  [0x0009, 0x0009, KIND.tab],
  [0x000a, 0x000a, KIND.newline],
  [0x0020, 0x0020, KIND.space],
  [0x0030, 0x0039, KIND.digit],
  [0x0041, 0x005a, KIND.upper],
  [0x0061, 0x007a, KIND.lower],
  [0x00a1, 0x00bf, KIND.symbol],
  [0x00c0, 0x00ff, KIND.western],
  [0x0100, 0x024f, KIND.extended],
  [0x01a0, 0x01b0, KIND.vietnamese],
  [0x0300, 0x036f, KIND.symbol],
  [0x0370, 0x03ff, KIND.greek],
  [0x0400, 0x045f, KIND.cyrillic],
  [0x0460, 0x052f, KIND.otherCyrillic],
  [0x0490, 0x0491, KIND.cyrillic],
  [0x0531, 0x0587, KIND.rareScript],
  [0x0591, 0x05f4, KIND.hebrew],
  [0x0600, 0x06ff, KIND.arabic],
  // Devanagari and Bengali; Gurmukhi; Gujarati; Odia; Tamil; Telugu, Kannada, Malayalam, Sinhala.
  [0x0900, 0x09ff, KIND.devanagari],
  [0x0a00, 0x0a7f, KIND.rareScript],
  [0x0a80, 0x0aff, KIND.indian],
  [0x0b00, 0x0b7f, KIND.rareScript],
  [0x0b80, 0x0bff, KIND.tamil],
  [0x0c00, 0x0dff, KIND.indian],
  // Thai; Lao; Burmese; Georgian; Ethiopic; Khmer.
  [0x0e00, 0x0e7f, KIND.thai],
  [0x0e80, 0x0eff, KIND.rareScript],
  [0x1000, 0x109f, KIND.southEastAsian],
  [0x10a0, 0x10ff, KIND.georgian],
  [0x1200, 0x137f, KIND.ethiopic],
  [0x1780, 0x17ff, KIND.southEastAsian],
  [0x1e00, 0x1eff, KIND.vietnamese],
  [0x1f00, 0x1fff, KIND.greek],
  [0x200b, 0x206f, KIND.symbol],
  [0x20a0, 0x27bf, KIND.symbol],
  [0x2b00, 0x2bff, KIND.symbol],
  [0x3001, 0x301f, KIND.symbol],
  [0x3040, 0x309f, KIND.hiragana],
  [0x30a0, 0x30ff, KIND.katakana],
  [0xd800, 0xdfff, KIND.surrogate],
  [0xfe0f, 0xfe0f, KIND.symbol],
  [0xff01, 0xff60, KIND.symbol],
  [0xfffd, 0xfffd, KIND.symbol],
];

/**
 * The characters that national standards of the 1980s chose as the common ones. Gemma's vocabulary
 * holds 94 % of these Han characters and 71 % of these Hangul syllables, and spells most others in
 * three bytes. Node decodes the standards' encodings, so that no list of ours is needed.
 */
const COMMON = [
  // Simplified Chinese: GB 2312, level 1.
  { encoding: 'gbk', leads: [0xb0, 0xd7], trails: [[0xa1, 0xfe]], kind: KIND.han },
  // Japanese: JIS X 0208, level 1.
  { encoding: 'euc-jp', leads: [0xb0, 0xcf], trails: [[0xa1, 0xfe]], kind: KIND.han },
  // Traditional Chinese: Big5, level 1.
  {
    encoding: 'big5',
    leads: [0xa4, 0xc6],
    trails: [
      [0x40, 0x7e],
      [0xa1, 0xfe],
    ],
    kind: KIND.han,
  },
  // Korean: KS X 1001.
  { encoding: 'euc-kr', leads: [0xb0, 0xc8], trails: [[0xa1, 0xfe]], kind: KIND.hangul },
] as const;

function* pairsOf({ leads: [firstLead, lastLead], trails }: (typeof COMMON)[number]) {
  for (let lead = firstLead; lead <= lastLead; lead += 1) {
    for (const [firstTrail, lastTrail] of trails) {
      for (let trail: number = firstTrail; trail <= lastTrail; trail += 1) yield [lead, trail];
    }
  }
}

const BRACKETS = `"'(),./:;<=>[]{}-`;

const isIdeographOrSyllable = (unit: number): boolean => unit >= 0x4e00 && unit <= 0xd7a3;

function buildKinds(): Uint8Array {
  const kinds = new Uint8Array(0x10000);
  for (const [first, last, kind] of RANGES) kinds.fill(kind, first, last + 1);
  for (const bracket of BRACKETS) kinds[bracket.charCodeAt(0)] = KIND.bracket;
  for (const standard of COMMON) {
    const bytes = Uint8Array.from([...pairsOf(standard)].flat());
    for (const character of new TextDecoder(standard.encoding).decode(bytes)) {
      const unit = character.charCodeAt(0);
      if (isIdeographOrSyllable(unit)) kinds[unit] = standard.kind;
    }
  }
  return kinds;
}

let kinds: Uint8Array | undefined;

/** Kind per code unit. Built on first use, in a few milliseconds. */
export const kindTable = (): Uint8Array => {
  kinds ??= buildKinds();
  return kinds;
};
