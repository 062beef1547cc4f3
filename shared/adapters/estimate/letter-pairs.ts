/**
 * How readily Gemma's tokenizer cuts between two letters of a Latin word, in twentieths of a cut
 * (9 = 9/20 or more): row = first letter, column = second letter, both a–z. Measured on English,
 * twelve other Latin languages, code, JSON and random letters; see decision 0002.
 */
const CUTS = [
  '90009210211000416000000200', // a
  '34860265439198289218399929', // b
  '22181180370159199230259735', // c
  '26920496389999199437493949', // d
  '22103016584000511000711018', // e
  '49691156199199132290099919', // f
  '57971960398163199146299969', // g
  '29990999119997299590599929', // h
  '10001003920000125000909180', // i
  '19992999469999299929519999', // j
  '39991934366955399934532959', // k
  '26911369376099249913389909', // l
  '22961959299429229917499909', // m
  '39001207492781169910269926', // n
  '70109112430000319000020205', // o
  '19981990499049109111399729', // p
  '99999999897699995917091799', // q
  '46210735392521187321329919', // r
  '39390991396479129600254546', // s
  '57491970299899259411598916', // t
  '42211222435000919000599315', // u
  '29990991399818299699999956', // v
  '28850591299992289449891759', // w
  '99495789799299949990999379', // x
  '39823999999616129524999999', // y
  '99962999799694999998999919', // z
].join('');

const LETTERS = 26;
export const TWENTIETHS = 20;

const TABLE = Uint8Array.from(CUTS, Number);

/** Twentieths of a cut between two letters, each given as 0–25. */
export const cutBetween = (first: number, second: number): number =>
  TABLE[first * LETTERS + second] ?? 0;
