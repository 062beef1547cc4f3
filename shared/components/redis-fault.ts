/** OpenSSL's words for a certificate that leads to no trusted authority. */
const UNTRUSTED: readonly unknown[] = [
  'CERT_SIGNATURE_FAILURE', // An authority of the same name, with another key.
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
];
const OUT_OF_TIME: readonly unknown[] = ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'];

/**
 * Why a Redis does not let us in, after its name in a sentence. A wrong password or certificate looks
 * like an outage otherwise, and waiting mends neither.
 */
export function redisFault(error: unknown, isTls: boolean): string {
  const { message, code } = originOf(error);
  if (/^(WRONGPASS|ERR invalid password)/.test(message)) return 'refuses the user or password';
  if (message.startsWith('NOAUTH')) return 'wants a password';
  if (message.startsWith('NOPERM')) return 'does not let this user do what is needed';
  if (UNTRUSTED.includes(code))
    return 'shows a certificate of an authority that is not trusted here: give it as redisCa (STRATA_REDIS_CA)';
  if (OUT_OF_TIME.includes(code)) return 'shows a certificate that is not valid at this time';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return 'shows a certificate for another name than its address';
  const hint = isTls ? 'does it speak TLS?' : 'does it want TLS (rediss://)?';
  const isCut = code === 'ECONNRESET' || (isTls && code === 'ETIMEDOUT') || isSslError(code);
  return isCut ? `cannot be reached; ${hint}` : 'cannot be reached';
}

const isSslError = (code: unknown): boolean => String(code).startsWith('ERR_SSL');

/** A cluster's client tells what its last node said. */
function originOf(error: unknown): { readonly message: string; readonly code: unknown } {
  if (!(error instanceof Error)) return { message: '', code: undefined };
  if ('lastNodeError' in error && error.lastNodeError) return originOf(error.lastNodeError);
  return { message: error.message, code: 'code' in error ? error.code : undefined };
}
