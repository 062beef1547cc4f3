import type { FactPattern } from './fact-pattern.ts';
import { SPACED_LETTERS } from './scripts.ts';

const SCHEMES = 'https?|wss?|ftp|ssh|git|file|s3|gs|postgres|redis|mailto';

/** Extensions by which a file is known without its folder. */
const EXTENSIONS =
  'txt|md|pdf|docx?|xlsx?|pptx?|csv|tsv|json|ya?ml|toml|xml|html?|css|[cm]?[jt]sx?|py|ipynb|go|rs|java|kt|rb|php|sh|sql|log|env|lock|zip|gz|tar|png|jpe?g|gif|svg|webp|mp[34]|mov|wav|db|sqlite';

const MAILBOX = `${SPACED_LETTERS}\\p{N}_.+-`;
const LETTER = '\\p{L}\\p{N}_';

/** Commands, URLs, e-mail addresses and paths. */
export const ADDRESS_PATTERNS: readonly FactPattern[] = [
  {
    kind: 'command',
    pattern: /(?<=`)[^`\s][^`\n]{0,158}(?=`)/gu,
    accepts: (text) => / \S/.test(text),
  },
  { kind: 'command', pattern: /(?<=^[ \t]{0,8}\$ )\S[^\n]{1,158}/gmu },
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
      `(?<![${MAILBOX}])[${MAILBOX}]{1,64}@[\\p{L}\\p{N}-]{1,63}(?:\\.[\\p{L}\\p{N}-]{1,63}){1,4}`,
      'gu',
    ),
  },
  // /etc/hosts  ~/notes/  ../src/main.ts
  {
    kind: 'path',
    pattern: new RegExp(
      `(?<![${LETTER}/.:~@<-])(?:~|\\.{1,2})?/(?:[${LETTER}.@+%-]{1,80}/){1,12}[${LETTER}.@+%-]{0,80}(?<!\\.)`,
      'gu',
    ),
  },
  // src/main.ts  report.pdf
  {
    kind: 'path',
    pattern: new RegExp(
      `(?<![${LETTER}/.@-])(?:[${LETTER}@-][${LETTER}.@+-]{0,60}/){0,10}[${LETTER}-][${LETTER}.-]{0,60}\\.(?:${EXTENSIONS})(?![${LETTER}])`,
      'gu',
    ),
  },
  // C:\Users\x
  {
    kind: 'path',
    pattern: /(?<![\p{L}\p{N}])[A-Za-z]:\\(?:[^\\/:*?"<>|\s]{1,80}\\){0,12}[^\\/:*?"<>|\s]{1,80}/gu,
  },
];
