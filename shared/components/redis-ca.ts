import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { AppError } from '../kernel/app-error.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs;

/**
 * The certificates in a PEM text, or in the file at a path; several where an authority is replaced
 * by the next one. A text from an environment may have `\n` in two characters.
 *
 * @throws AppError `invalid-argument` that says what is wrong with it.
 */
export function certificatesOf(textOrPath: string): readonly string[] {
  const isText = textOrPath.includes('-----BEGIN');
  const text = isText ? textOrPath.replaceAll('\\n', '\n') : readPem(textOrPath);
  const found = text.match(CERTIFICATE) ?? [];
  const where = isText ? 'the text' : textOrPath;
  if (found.length === 0) throw notPem(`there is none in ${where}`);
  for (const [index, pem] of found.entries()) {
    if (!isCertificate(pem)) throw notPem(`number ${index + 1} in ${where} cannot be read`);
  }
  return found;
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw notPem(isMissing ? `there is no file ${path}` : `${path} cannot be read`, cause);
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}

function notPem(found: string, cause?: unknown): AppError {
  const message = `expected certificates as PEM text, or the path of a file with them; ${found}`;
  return new AppError('invalid-argument', `redisCa: ${message}`, {
    details: { violations: [{ path: 'redisCa', message }] },
    ...(cause === undefined ? {} : { cause }),
  });
}
