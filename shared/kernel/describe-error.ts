import { AppError } from './app-error.ts';

/** An error as it may stand in a log. */
export interface ErrorDescription {
  readonly name: string;
  readonly message: string;
  readonly code?: string | number;
  readonly cause?: ErrorDescription;
}

const MAX_CAUSES = 5;
const MAX_MESSAGE_CHARS = 500;
const MAX_FRAMES = 30;
const FRAME = /^ {4}at .*$/gm;
/** From the first quote to the last one, so that quotes inside leave nothing behind. */
const QUOTED = /["'`“‘«].*["'`”’»]/s;

/**
 * Describes an error and its causes without the memory content that may have caused it. Our own
 * messages hold none. Those of others quote what they were given (`JSON.parse` its input, Redis its
 * arguments, Firestore a field's name): what they quote is left out. Fields of an error beside its
 * name, message and code are not looked at: ioredis, for example, keeps the command there.
 */
export function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!(error instanceof Error)) return { name: typeof error, message: 'was thrown' };
  const { code } = error as { readonly code?: unknown };
  const isCode = typeof code === 'string' || typeof code === 'number';
  const hasCause = error.cause !== undefined && depth < MAX_CAUSES;
  return {
    name: error.name,
    message: messageOf(error),
    ...(isCode && { code }),
    ...(hasCause && { cause: describeError(error.cause, depth + 1) }),
  };
}

function messageOf(error: Error): string {
  if (error instanceof AppError) return error.message;
  // The message is a piece of what was parsed, in quotes or not.
  if (error instanceof SyntaxError) return 'not valid (what it quotes is left out)';
  return error.message.replace(QUOTED, '…').slice(0, MAX_MESSAGE_CHARS);
}

/** The stack of an error and its causes in the form that Error Reporting reads, without content. */
export function stackOf(error: Error, depth = 0): string {
  const { name, message } = describeError(error);
  const frames = framesOf(error);
  const own = [`${name}: ${message}`, ...frames].join('\n');
  if (!(error.cause instanceof Error) || depth >= MAX_CAUSES) return own;
  return `${own}\nCaused by: ${stackOf(error.cause, depth + 1)}`;
}

/** The message stands before the frames, and may look like one. */
function framesOf({ stack = '', message }: Error): readonly string[] {
  const at = stack.indexOf(message);
  return (stack.slice(Math.max(0, at) + message.length).match(FRAME) ?? []).slice(0, MAX_FRAMES);
}
