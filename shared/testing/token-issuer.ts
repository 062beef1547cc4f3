import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

/** An OpenID Connect issuer on loopback: discovery, keys that rotate, and tokens really signed. */
export interface TokenIssuer {
  readonly issuer: string;
  readonly audience: string;
  /** A token of a subject for the audience, valid for an hour; claims given here win. */
  token(subject: string, claims?: JWTPayload): Promise<string>;
  /** A token of a service account. */
  serviceToken(email: string, claims?: JWTPayload): Promise<string>;
  /** Signs with a new key from now on; the old one is withdrawn. */
  rotate(): Promise<void>;
  /** The public key as everybody can read it. */
  publicKey(): JWK;
  /** How often the keys were asked for. */
  keyFetches(): number;
  /** While false, every request is answered with 503. */
  setUp(isUp: boolean): void;
  close(): Promise<void>;
}

const HOUR_SECONDS = 3_600;

export async function startTokenIssuer(audience = 'strata-test'): Promise<TokenIssuer> {
  let isUp = true;
  let keyFetches = 0;
  let keyId = 0;
  let { privateKey, publicJwk } = await newKey(++keyId);
  const server = createServer((req, res) => {
    if (!isUp) return void res.writeHead(503).end();
    if (req.url === '/keys') keyFetches += 1;
    const known: Readonly<Record<string, unknown>> = {
      '/.well-known/openid-configuration': { issuer, jwks_uri: `${issuer}/keys` },
      '/keys': { keys: [publicJwk] },
    };
    const body = known[req.url ?? ''];
    if (body === undefined) return void res.writeHead(404).end();
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on a port has an address of this kind.
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sign = (claims: JWTPayload) => {
    const nowSeconds = Math.floor(Date.now() / 1_000);
    const standard = {
      iss: issuer,
      aud: audience,
      iat: nowSeconds,
      exp: nowSeconds + HOUR_SECONDS,
    };
    return new SignJWT({ ...standard, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: publicJwk.kid ?? '' })
      .sign(privateKey);
  };
  return {
    issuer,
    audience,
    token: (sub, claims = {}) => sign({ sub, ...claims }),
    serviceToken: (email, claims = {}) =>
      sign({ sub: `id-of-${email}`, email, email_verified: true, ...claims }),
    async rotate() {
      ({ privateKey, publicJwk } = await newKey(++keyId));
    },
    publicKey: () => publicJwk,
    keyFetches: () => keyFetches,
    setUp(next) {
      isUp = next;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close').catch(() => undefined);
    },
  };
}

async function newKey(id: number) {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), kid: `key-${id}`, alg: 'RS256', use: 'sig' };
  return { privateKey, publicJwk };
}
