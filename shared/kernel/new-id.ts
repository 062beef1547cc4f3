import { randomBytes, randomUUID } from 'node:crypto';

/** A random name that nobody else has: 122 random bits (RFC 9562, version 4). */
export const newId = (): string => randomUUID();

/** 256 random bits as text that goes into any variable: a key for HMAC-SHA-256. */
export const newSecret = (): string => randomBytes(32).toString('base64url');
