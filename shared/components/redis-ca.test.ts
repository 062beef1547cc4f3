import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { selfSigned } from '../testing/self-signed.ts';
import { certificatesOf } from './redis-ca.ts';

const { cert, key } = selfSigned();
const pem = cert.trim();

function fileWith(text: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'strata-ca-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const path = join(dir, 'server-ca.pem');
  writeFileSync(path, text);
  return path;
}

const faultOf = (textOrPath: string): string => {
  try {
    certificatesOf(textOrPath);
    return 'none';
  } catch (error) {
    expect(error).toMatchObject({
      code: 'invalid-argument',
      details: { violations: [{ path: 'redisCa' }] },
    });
    return error instanceof Error ? error.message : '';
  }
};

describe('certificatesOf', () => {
  it('reads a text, one of a single line, and a file', () => {
    expect(certificatesOf(cert)).toEqual([pem]);
    expect(certificatesOf(cert.replaceAll('\n', '\\n'))).toEqual([pem]);
    expect(certificatesOf(fileWith(cert))).toEqual([pem]);
  });

  it('reads several: the next authority beside the one that it replaces', () => {
    const next = selfSigned().cert;
    const file = fileWith(`The one of now\n${cert}\nand the next\n${next}`);
    expect(certificatesOf(file)).toEqual([pem, next.trim()]);
  });

  it('says what is wrong with what is no certificate', () => {
    const wanted = 'redisCa: expected certificates as PEM text, or the path of a file with them; ';
    expect(faultOf('/nowhere/ca.pem')).toBe(`${wanted}there is no file /nowhere/ca.pem`);
    expect(faultOf(tmpdir())).toBe(`${wanted}${tmpdir()} cannot be read`);
    expect(faultOf(key)).toBe(`${wanted}there is none in the text`);
    const empty = fileWith('not a certificate');
    expect(faultOf(empty)).toBe(`${wanted}there is none in ${empty}`);
    const cut = `${pem}\n${pem.slice(0, 200)}\n-----END CERTIFICATE-----`;
    expect(faultOf(cut)).toBe(`${wanted}number 2 in the text cannot be read`);
  });
});
