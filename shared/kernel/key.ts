import { hash } from 'node:crypto';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** Joins parts into one key that no other list of parts can produce: every part is escaped. */
export const composeKey = (...parts: readonly string[]): string =>
  // Lone surrogates make encodeURIComponent throw; JSON escapes them, and stays injective.
  parts.map((part) => encodeURIComponent(JSON.stringify(part).slice(1, -1))).join('/');

const KEY_BYTES = 16;

/** The first 128 bits of SHA-256 in base32 (RFC 4648, lower case, no padding): 26 characters. */
export function hashKey(key: string): string {
  // A text of bytes: a buffer of its own would take longer than the hash.
  const digest = hash('sha256', key, 'binary');
  let text = '';
  let bits = 0;
  let value = 0;
  for (let at = 0; at < KEY_BYTES; at++) {
    value = (value << 8) | digest.charCodeAt(at);
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(value >> bits) & 31];
    }
    value &= (1 << bits) - 1;
  }
  return bits > 0 ? text + ALPHABET[(value << (5 - bits)) & 31] : text;
}

/** SHA-256 of a text or of bytes, in hexadecimal. */
export const sha256 = (data: string | Uint8Array): string => hash('sha256', data, 'hex');
