/** What ours say, and others' that say it in other words or in another version of the language. */
export const CLOSED = 'clients get nothing';

/** A text in the rules, which may hold what looks like a comment; or a comment. */
const TEXT_OR_COMMENT = /('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|\/\*[\s\S]*?\*\/|\/\/.*$/gm;

/**
 * What rules let clients do: `CLOSED` where nothing is allowed, for what no rule allows is refused; else
 * the rules on one line, for a plan.
 */
export function effectOf(rules: string): string {
  const line = rules
    .replace(TEXT_OR_COMMENT, (_, text?: string) => text ?? ' ')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{}:;=,]) ?/g, '$1')
    .trim();
  // Whatever else the word stands for, it counts as allowing something.
  const allowing = line.replace(/\ballow [a-z,]+:if false;/g, '').includes('allow');
  return allowing || !line.includes('service cloud.firestore') ? line : CLOSED;
}
