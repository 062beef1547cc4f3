import type { FactPattern } from './fact-pattern.ts';

/** Words that have a capital for their place in a sentence, or that name nothing. */
const NOT_NAMES =
  'The|An?|And|But|Or|So|If|In|On|At|For|To|Of|With|Without|From|By|As|Is|Are|Was|Were|Be|Do|Does|Did|Don|Can|Could|Would|Should|Will|Might|Must|Have|Has|Had|Hi|Hey|Hello|Dear|Thanks?|Please|Yes|Yeah|Yep|Nope?|Not|Ok|Okay|OK|Sure|Wow|Oh|Well|Now|Then|Also|Just|Let|This|That|These|Those|There|Here|What|When|Where|Which|Who|Why|How|You|Your|We|Our|They|Their|He|His|She|Her|It|Its|My|Me|Mine|IDs?|AM|PM|TV|FAQ|LOL|OMG|BTW|ASAP|AND|NOT|THE|NO|YES|Congrats|Congratulations|Bye|Goodbye|Who?ah|Yay|Yup|Nah|Aww?|Haha|Hmm|Ugh|Gosh|Cheers|Sorry|Absolutely|Definitely|Totally|Exactly|During|After|Since|Until|While|Because|Although';
/** German nouns have capitals: after these words stands a noun, seldom a name. */
const NOT_NAMES_IN_GERMAN =
  'Der|Die|Das|Den|Dem|Des|Ein|Eine[mnrs]?|Im|Am|Auf|Aus|Bei|Beim|Für|Mit|Nach|Von|Vom|Vor|Zu|Zum|Zur|Zwischen|Und|Oder|Aber|Wenn|Wir|Ich|Sie|Er|Es|Ihr|Unsere?|Meine?|Keine?|Was|Wie|Wo|Wer|Wann|Ist|Sind|Hat|Haben|Bitte|Danke|Ja|Nein|Gut|Heute|Morgen|Erst|Dann';

const WORD = "\\p{Lu}[\\p{L}\\p{M}]{1,24}(?:['’-]\\p{Lu}[\\p{L}\\p{M}]{1,24})?";
const LINK = '(?: (?:of|the|de|da|do|del|della|du|van|bin|la|le|y|&)){0,2} ';
/** Before a colon stands a label, not a name. */
const END = "(?![\\p{L}\\p{N}_]|['’](?!s\\b)|\\*{0,2}:)";
const START = `(?<![\\p{L}\\p{N}_'’@#$.-])(?!(?:${NOT_NAMES}|${NOT_NAMES_IN_GERMAN})(?![\\p{L}]))`;

/** `San Francisco`, `Ministry of Health`: several words with capitals, wherever they stand. */
const NAME_OF_WORDS = new RegExp(`${START}${WORD}(?:${LINK}${WORD}){1,4}${END}`, 'gu');

/** One word with a capital inside a sentence: at its start any word has one. */
const NAME_OF_ONE_WORD = new RegExp(`(?<=[\\p{L}\\p{N},;&)’'] )${START}${WORD}${END}`, 'gu');

/** `GitHub`, `iPhone`, `PostgreSQL`: a capital inside the word, wherever it stands. */
const PRODUCT = /(?<![\p{L}\p{N}_'’@#$./-])\p{L}{0,24}\p{Ll}\p{Lu}\p{L}{0,24}(?![\p{L}\p{N}_(])/gu;

const SHOUT = /^[\p{Lu} ]{8,}$/u;
const isSpoken = (name: string): boolean => !SHOUT.test(name);

const INNER_WORD = /(?<=[\p{L}\p{N},;] )\p{L}[\p{L}\p{M}]{2,}/gu;
const INNER_CAPITAL = /(?<=[\p{L}\p{N},;] )\p{Lu}\p{Ll}[\p{L}\p{M}]{1,}/gu;
const MOST_CAPITALS = 0.2;
const FEW_CAPITALS = 3;

/** Words that are of no other language that is written here often. */
const GERMAN =
  /(?<!\p{L})(?:und|ist|nicht|eine?[nmrs]?|wir|ich|für|auf|mit|der|das|dem|den|im|zum?|zur|sind|hat|wird)(?!\p{L})/giu;
const FEW_GERMAN_WORDS = 2;

/** False for German, titles and shouting, where a capital says nothing. */
function capitalsTell(text: string): boolean {
  const words = text.match(INNER_WORD)?.length ?? 0;
  const capitals = text.match(INNER_CAPITAL)?.length ?? 0;
  if ((text.match(GERMAN)?.length ?? 0) >= FEW_GERMAN_WORDS) return false;
  return /\p{Ll}/u.test(text) && (capitals <= FEW_CAPITALS || capitals / words < MOST_CAPITALS);
}

export const NAME_PATTERNS: readonly FactPattern[] = [
  { kind: 'name', pattern: NAME_OF_WORDS, accepts: isSpoken },
  { kind: 'name', pattern: PRODUCT },
  { kind: 'name', pattern: NAME_OF_ONE_WORD, appliesTo: capitalsTell },
];
