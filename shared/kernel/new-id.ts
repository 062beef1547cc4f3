import { randomUUID } from 'node:crypto';

/** A random name that nobody else has: 122 random bits (RFC 9562, version 4). */
export const newId = (): string => randomUUID();
