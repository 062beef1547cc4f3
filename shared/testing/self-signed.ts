import { createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { DAY_MS } from '../kernel/clock.ts';

export interface Certificate {
  /** PEM. */
  readonly key: string;
  /** PEM; its own authority. */
  readonly cert: string;
}

interface Subject {
  /** Default `localhost`. */
  readonly commonName?: string;
  /** Whether it names `localhost` and 127.0.0.1 beside the common name. Default `true`. */
  readonly hasAltNames?: boolean;
  readonly isAuthority: boolean;
}

/**
 * A certificate for `localhost`, made for one test run and known to nobody else. X.509 in DER by
 * hand (RFC 5280): Node signs but writes no certificates, and not every machine has openssl.
 */
export function selfSigned(nowMs = Date.now()): Certificate {
  const keys = newKeys();
  const subject = { isAuthority: true };
  const cert = certificateOf({ ...subject, keys, issuer: keys, issuerName: 'localhost', nowMs });
  return { key: pemOf(keys), cert };
}

/** An authority, and a server's certificate that it signed. */
export function signedByAuthority(
  subject: Omit<Subject, 'isAuthority'> = {},
  nowMs = Date.now(),
): Certificate & { readonly ca: string } {
  const [authority, keys] = [newKeys(), newKeys()];
  const issued = { issuer: authority, issuerName: 'An authority', nowMs };
  const root = { commonName: issued.issuerName, hasAltNames: false, isAuthority: true };
  return {
    key: pemOf(keys),
    cert: certificateOf({ ...subject, ...issued, isAuthority: false, keys }),
    ca: certificateOf({ ...root, ...issued, keys: authority }),
  };
}

interface Keys {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const newKeys = (): Keys => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pemOf = ({ privateKey }: Keys): string =>
  privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

interface Order extends Subject {
  readonly keys: Keys;
  readonly issuer: Keys;
  readonly issuerName: string;
  readonly nowMs: number;
}

function certificateOf(order: Order): string {
  const { commonName = 'localhost', keys, issuer, issuerName, nowMs } = order;
  const toBeSigned = sequence(
    tagged(0, integer(Buffer.from([2]))), // version 3
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    sequence(ECDSA_WITH_SHA256),
    nameOf(issuerName),
    sequence(time(nowMs - DAY_MS), time(nowMs + DAY_MS)),
    nameOf(commonName),
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    tagged(3, sequence(...extensions(order))),
  );
  const signature = createSign('sha256').update(toBeSigned).sign(issuer.privateKey);
  const encoded = sequence(toBeSigned, sequence(ECDSA_WITH_SHA256), bits(signature));
  const lines = encoded.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

const nameOf = (commonName: string): Buffer =>
  sequence(set(sequence(COMMON_NAME, utf8(commonName))));

function extensions({ isAuthority, hasAltNames = true }: Order): Buffer[] {
  const names = sequence(
    der(0x82, Buffer.from('localhost')),
    der(0x87, Buffer.from([127, 0, 0, 1])),
  );
  const constraints = isAuthority ? sequence(der(0x01, Buffer.from([0xff]))) : sequence();
  return [
    sequence(BASIC_CONSTRAINTS, octets(constraints)),
    ...(hasAltNames ? [sequence(SUBJECT_ALT_NAME, octets(names))] : []),
  ];
}

function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const body = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(body.length)]), body]);
}

function lengthOf(size: number): number[] {
  if (size < 0x80) return [size];
  return size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
}

const sequence = (...parts: readonly Buffer[]) => der(0x30, ...parts);
const set = (...parts: readonly Buffer[]) => der(0x31, ...parts);
const integer = (value: Buffer) => der(0x02, value);
const octets = (value: Buffer) => der(0x04, value);
const bits = (value: Buffer) => der(0x03, Buffer.from([0]), value);
const utf8 = (text: string) => der(0x0c, Buffer.from(text));
const tagged = (tag: number, value: Buffer) => der(0xa0 + tag, value);
/** UTCTime: `YYMMDDhhmmssZ`. */
const time = (atMs: number) =>
  der(0x17, Buffer.from(`${new Date(atMs).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`));

const ECDSA_WITH_SHA256 = Buffer.from('06082a8648ce3d040302', 'hex');
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const BASIC_CONSTRAINTS = Buffer.from('0603551d13', 'hex');
const SUBJECT_ALT_NAME = Buffer.from('0603551d11', 'hex');
