import type { FactPattern } from './fact-pattern.ts';
import { SPACED_LETTERS } from './scripts.ts';

const SCHEMES = 'https?|wss?|ftp|ssh|git|file|s3|gs|postgres|redis|mailto';

/** Extensions by which a file is known without its folder. */
const EXTENSIONS =
  'txt|md|pdf|docx?|xlsx?|pptx?|csv|tsv|json|ya?ml|toml|xml|html?|css|[cm]?[jt]sx?|py|ipynb|go|rs|java|kt|rb|php|sh|sql|log|env|lock|zip|gz|tar|png|jpe?g|gif|svg|webp|mp[34]|mov|wav|db|sqlite|dwg|gpx|ics|conf|config|ini|dump|bak';

const MAILBOX = `${SPACED_LETTERS}\\p{N}_.+-`;
const LETTER = '\\p{L}\\p{N}_';
/** Before and after a path in a script without spaces stands its sentence: `在/etc/hosts里`. */
const EDGE = `${SPACED_LETTERS}\\p{N}_`;
const SENTENCE = '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}]';
const AFTER_SENTENCE = `(?<=${SENTENCE})`;
/** `锌/铜/铁` is a list: a path right after a word of such a script begins in another one. */
const NO_LIST = `(?:(?<!${SENTENCE})|(?=[~.]{0,2}/[${EDGE}.]))`;

/** `src/main.ts` of letters like these. */
const fileOf = (letter: string): string =>
  `(?:[${letter}@-][${letter}.@+-]{0,60}/){0,10}[${letter}-][${letter}.-]{0,60}\\.(?:${EXTENSIONS})(?![${EDGE}])`;

/** Names of software that look like files of it. */
const PRODUCT =
  /^(?:Node|Next|Nuxt|Nest|Vue|React|Angular|Express|Electron|Ember|Backbone|Three|Chart|Moment|Alpine|Discord|D3)\.js$/i;

/** Where a path may begin that says where it is. */
const HERE = '(?:(?:~|\\.{1,2})?/)?';

/** The languages of a fence whose lines are commands. */
const SHELLS = 'sh|bash|zsh|shell|console|powershell|ps1|cmd';
const COMMAND = '[^`\\n]{1,158}';

/** Commands, URLs, e-mail addresses and paths. */
export const ADDRESS_PATTERNS: readonly FactPattern[] = [
  {
    kind: 'command',
    pattern: new RegExp(`(?<!\`)\`(?<fact>[^\`\\s]${COMMAND})\`(?!\`)`, 'dgu'),
    accepts: (text) => / \S/.test(text),
  },
  { kind: 'command', pattern: /(?<=^[ \t]{0,8}\$ )\S[^\n]{1,158}/gmu },
  {
    kind: 'command',
    pattern: new RegExp(
      `(?<=^\`\`\`(?:${SHELLS})\\n(?:[^\\n\`]{0,160}\\n){0,8})[^\\s#\`]${COMMAND}$`,
      'gmu',
    ),
  },
  {
    kind: 'url',
    pattern: new RegExp(
      `(?<!\\w)(?:(?:${SCHEMES})://|mailto:|www\\.)[^\\s<>"'\`，。、）】」]{1,300}(?<![.,;:!?)\\]}])`,
      'gu',
    ),
  },
  {
    kind: 'email',
    pattern: new RegExp(
      `(?<![${MAILBOX}])[${MAILBOX}]{1,64}@(?:[\\p{L}\\p{N}-]{1,63}\\.){1,4}(?:[${SPACED_LETTERS}][${SPACED_LETTERS}\\p{N}-]{1,62}|\\p{L}{2,8})`,
      'gu',
    ),
  },
  // C:\Users\x  \\server\share
  {
    kind: 'path',
    pattern:
      /(?<![\p{L}\p{N}\\])(?:[A-Za-z]:\\|\\\\)(?:[^\\/:*?"<>|\s]{1,80}\\){0,12}[^\\/:*?"<>|\s]{1,80}(?<![.,;!?)\]])/gu,
  },
  // /etc/hosts  ~/notes/  ../src/main.ts
  {
    kind: 'path',
    pattern: new RegExp(
      `(?<![${EDGE}/.:~@<-])${NO_LIST}(?:~|\\.{1,2})?/(?:[${LETTER}.@+%-]{1,80}/){1,12}[${LETTER}.@+%-]{0,80}(?<!\\.)`,
      'gu',
    ),
    // Not `/10/`: of `1. /10/ 2`, of a date, of a rate.
    accepts: (text) => /\p{L}/u.test(text),
  },
  // src/main.ts  ./run.sh  report.pdf
  {
    kind: 'path',
    pattern: new RegExp(`${AFTER_SENTENCE}(?=[${EDGE}])${fileOf(EDGE)}`, 'gu'),
  },
  {
    kind: 'path',
    pattern: new RegExp(`(?<![${LETTER}/.@~-])${HERE}${fileOf(LETTER)}`, 'gu'),
    accepts: (text) => !PRODUCT.test(text),
  },
];
