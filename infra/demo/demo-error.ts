/** Something that the person who started the demo can mend: shown as one line, without a stack. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
}
