import { composeKey, hashKey } from '../kernel/key.ts';

declare const brand: unique symbol;

/** 26 characters of base32: 128 bits of SHA-256 over the escaped user and session ids. */
export type SessionKey = string & { readonly [brand]: 'SessionKey' };
/** `{sessionKey}-{seq}`: it locates its own document. */
export type ItemId = string & { readonly [brand]: 'ItemId' };

export interface SessionRef {
  readonly userId: string;
  readonly sessionId: string;
}

const SESSION_KEY = /^[a-z2-7]{26}$/;
const ITEM_ID = /^([a-z2-7]{26})-([1-9][0-9]{0,14})$/;
const SUMMARY_ID = /^([a-z2-7]{26})-s([1-9][0-9]{0,14})$/;

export const sessionKeyOf = ({ userId, sessionId }: SessionRef): SessionKey =>
  // The hash has the key's shape by construction.
  hashKey(composeKey(userId, sessionId)) as SessionKey;

export const isSessionKey = (text: string): text is SessionKey => SESSION_KEY.test(text);

export const itemIdOf = (sessionKey: SessionKey, seq: number): ItemId =>
  `${sessionKey}-${seq}` as ItemId;

/** `undefined` when the text is not an item's id. */
export const parseItemId = (id: string) => locate(ITEM_ID, id);

export const summaryIdOf = (sessionKey: SessionKey, ordinal: number): string =>
  `${sessionKey}-s${ordinal}`;

/** `undefined` when the text is not a summary's id. */
export const parseSummaryId = (id: string) => locate(SUMMARY_ID, id);

function locate(
  shape: RegExp,
  id: string,
): { readonly sessionKey: SessionKey; readonly seq: number } | undefined {
  const [, key, seq] = shape.exec(id) ?? [];
  return key && seq && isSessionKey(key) ? { sessionKey: key, seq: Number(seq) } : undefined;
}
