import { randomFrom } from './random-from.ts';
import { SEED_TEXTS } from './seed-texts.ts';

/** First and last code point of scripts and of what else Unicode has. */
const RANGES = [
  [0x20, 0x7e],
  [0x00, 0x7f],
  [0xa0, 0x24f],
  [0x370, 0x3ff],
  [0x400, 0x4ff],
  [0x530, 0x5ff],
  [0x600, 0x6ff],
  [0x900, 0x9ff],
  [0xb80, 0xc7f],
  [0xe00, 0xeff],
  [0x1000, 0x10ff],
  [0x1200, 0x137f],
  [0x1780, 0x17ff],
  [0x2000, 0x22ff],
  [0x2500, 0x27bf],
  [0x3040, 0x30ff],
  [0x4e00, 0x9fff],
  [0xac00, 0xd7a3],
  [0xd800, 0xdfff],
  [0xe000, 0xffff],
  [0x1f300, 0x1f9ff],
  [0x20000, 0x2a6df],
  [0x0000, 0x10ffff],
] as const;

/** What tokenizers treat in a way of its own, and what stands beside it. */
const PARTS = [
  ...[
    ' ',
    '  ',
    '\u2581',
    '\u2581\u2581',
    '\n',
    '\n\n',
    '\t',
    '\r\n',
    '\u00a0',
    '\u200b',
    '\ufeff',
  ],
  ...['<b>', '</b>', '<td>', '<unused3>', '<unused6241>', '<unused6242>', '<unused007>', '<bos>'],
  ...[
    '<eos>',
    '<start_of_turn>',
    '<',
    '>',
    '> </',
    '>\u2581</',
    '</',
    '<div class="x">',
    '<<b>',
    '<b',
  ],
  ...[
    '<|im_start|>',
    '<0x0A>',
    '[multimodal]',
    '[',
    'a',
    'aa',
    'aaa',
    'abab',
    'the',
    'Hello',
    ' world',
  ],
  ...['12', '{"', '":', '",', '//', '//////', '==', '--', '---', '...', 'http://', '::::', 'YYYY'],
  ...[
    '日本',
    '語',
    '\u{1f600}',
    '\u{1f469}\u200d\u{1f467}',
    'é',
    'e\u0301',
    '\ud83d',
    '\ude00',
    '\u0000',
  ],
  ...['\ufffd', 'diffformul', ' yyyy'],
];

const KINDS: readonly ((random: Random) => string)[] = [
  seeds,
  script,
  parts,
  fewLetters,
  seeds,
  bytes,
  json,
  cutSeed,
];

interface Random {
  below(limit: number): number;
}

/** Texts of all kinds and scripts, the same on every machine. */
export function sampleTexts(count: number): string[] {
  const random = randomFrom(20_261_122);
  return Array.from({ length: count }, (_, index) => KINDS[index % KINDS.length]?.(random) ?? '');
}

const pick = <T>(random: Random, list: readonly T[], absent: T): T =>
  list[random.below(list.length)] ?? absent;

const several = (random: Random, max: number, one: () => string): string =>
  Array.from({ length: 1 + random.below(max) }, one).join('');

function seeds(random: Random): string {
  return several(random, 4, () => pick(random, SEED_TEXTS, '') + pick(random, ['', ' ', '\n'], ''));
}

function script(random: Random): string {
  const blanks = random.below(4);
  let [first, last]: readonly [number, number] = pick(random, RANGES, RANGES[0]);
  return several(random, 150, () => {
    if (random.below(10) < blanks) return ' ';
    if (random.below(40) === 0) [first, last] = pick(random, RANGES, RANGES[0]);
    return String.fromCodePoint(first + random.below(last - first + 1));
  });
}

function parts(random: Random): string {
  return several(random, 40, () => {
    const part = pick(random, PARTS, '');
    return random.below(10) === 0 ? part.repeat(1 + random.below(40)) : part;
  });
}

/** Where many merges compete for the same letters. */
function fewLetters(random: Random): string {
  const alphabet = several(random, 4, () => pick(random, [...'abcdeintor s-_/.="'], ''));
  return several(random, 150, () => pick(random, [...alphabet], ''));
}

function bytes(random: Random): string {
  const data = Buffer.from(Array.from({ length: 1 + random.below(200) }, () => random.below(256)));
  return data.toString(pick(random, ['latin1', 'utf8', 'hex', 'base64'] as const, 'hex'));
}

function json(random: Random): string {
  const value = Array.from({ length: 1 + random.below(4) }, () => ({
    id: random.below(1_000_000),
    [several(random, 3, () => pick(random, ['user', '_id', 'Name', 'amount', 'ts'], ''))]:
      seeds(random),
    ok: random.below(2) === 1,
  }));
  return JSON.stringify(value, null, random.below(2) * 2);
}

/** Cut anywhere, also inside of a surrogate pair. */
function cutSeed(random: Random): string {
  const text = seeds(random);
  const from = random.below(text.length);
  return text.slice(from, from + 1 + random.below(200));
}
