/**
 * Whether somebody pressed Ctrl-C, or ended this process otherwise: then what runs may end in order, and
 * say how far it came. The second time it ends at once.
 */
export function stopAsked(say: (line: string) => void): () => boolean {
  let isAsked = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      if (!isAsked) say('Stopping after this step …');
      isAsked = true;
    });
  }
  return () => isAsked;
}
