import { z } from 'zod';
import { AppError, invalid } from '../../shared/kernel/app-error.ts';

/** Reads a query string into names and texts. A name given twice is refused, not chosen from. */
export function parseQuery(query: string): Readonly<Record<string, string>> {
  const pairs = query.split('&').filter((pair) => pair !== '');
  const values = new Map<string, string>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const name = decode(at < 0 ? pair : pair.slice(0, at));
    if (values.has(name)) throw invalid([{ path: name, message: 'is given more than once' }]);
    values.set(name, at < 0 ? '' : decode(pair.slice(at + 1)));
  }
  return Object.fromEntries(values);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new AppError('invalid-argument', 'The query is not valid percent-encoded UTF-8');
  }
}

/** A whole number written in digits, nothing else: not `1e3`, ` 5` or `0x10`. */
export const queryInt = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .refine((value) => min <= value && value <= max, message);
};

export const queryBoolean = z.enum(['true', 'false']).transform((text) => text === 'true');
