import type { PeerCertificate } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { selfSigned } from '../testing/self-signed.ts';
import { checkName, tlsOptions } from './redis-tls.ts';

// What Node hands over has more; the names are all that is looked at.
const certificate = (CN: string, subjectaltname?: string) =>
  ({ subject: { CN }, ...(subjectaltname && { subjectaltname }) }) as PeerCertificate;

describe('checkName', () => {
  it('takes an address that stands in the common name alone', () => {
    expect(checkName('10.0.0.3', certificate('10.0.0.3'))).toBeUndefined();
  });

  it.each([
    ['another address', '10.0.0.4', certificate('10.0.0.3')],
    ['a name instead of an address', '10.0.0.3', certificate('cache')],
    ['other names beside the common name', '10.0.0.3', certificate('10.0.0.3', 'DNS:cache')],
    ['another name', 'cache.example', certificate('cache')],
  ])('refuses %s', (_what, host, shown) => {
    expect(checkName(host, shown)).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  });

  it('takes what Node takes', () => {
    expect(checkName('10.0.0.3', certificate('x', 'IP Address:10.0.0.3'))).toBeUndefined();
    expect(checkName('cache', certificate('cache'))).toBeUndefined();
  });
});

describe('tlsOptions', () => {
  it('leaves it to Node whom to trust, unless an authority is given', () => {
    expect(tlsOptions()).toEqual({});
    const { cert } = selfSigned();
    expect(tlsOptions(cert)).toEqual({ ca: [cert.trim()], checkServerIdentity: checkName });
  });
});
