import type { FactPattern } from './fact-pattern.ts';

/** Of a word in any script. */
const START = '(?<!\\p{L})';
const END = '(?!\\p{L})';
const REST = '[^.!?。！？\\n]{3,120}';
const EN_WHO =
  "(?:we|i|they|you|he|she)(?:['’](?:ve|d))?(?: have| had)?(?: all| both| now| finally| just)?";

/**
 * Sentences in which something is settled, up to their end. Few verbs, and only in the past or as a
 * proposal that is one (`let's go with`): a missed decision is still in its item.
 */
export const DECISION_PATTERNS: readonly FactPattern[] = [
  `${START}${EN_WHO} (?:(?:for now |then )?(?:decided|agreed|settled) (?:to|on|that|against|not)|chose|opted|made up (?:my|our|their) minds?)${END}${REST}`,
  `${START}(?:let['’]s|(?:we|i)(?:['’]ll| will)) (?:go|stick|stay) with${END}${REST}`,
  `${START}(?:the|our|my) decision (?:is|was)${END}${REST}`,
  `${START}(?:wir|ich|sie) (?:haben|habe)(?: uns| mich| sich)? [^.!?\\n]{3,100}(?:entschieden|beschlossen|geeinigt)${END}`,
  `${START}(?:es ist|ist) (?:beschlossen|entschieden):?${REST}`,
  `${START}(?:on a|nous avons|j['’]ai) (?:décidé|choisi|convenu)${END}${REST}`,
  `${START}(?:hemos|he|han) (?:decidido|acordado|elegido)${END}${REST}`,
  `[^。！？\\n]{2,40}(?:[にと]決め|決定し)[^。！？\\n]{0,12}`,
  `(?:决定|決定|定下来|定下來|说好|說好|同意)[^。！？\\n]{2,60}`,
].map((source) => ({ kind: 'decision', pattern: new RegExp(source, 'giu'), spansOthers: true }));
