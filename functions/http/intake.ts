import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

interface Original {
  readonly url: string;
  readonly contentLength: string | undefined;
  readonly transferEncoding: string | undefined;
}

const originals = new WeakMap<IncomingMessage, Original>();
let isTaken = false;

/**
 * Keeps the functions framework from reading request bodies: it would buffer up to 1 GiB, inflate
 * it, and answer malformed JSON with a page of HTML. Node publishes this channel synchronously
 * before any handler runs; a request without framing headers has no body as far as the framework's
 * parsers can see, and `readBody` reads the stream later under our own limit. Paths that are not
 * valid percent-encoding are hidden as well: the framework's router would answer those itself.
 */
export function takeBodies(): void {
  if (isTaken) return;
  isTaken = true;
  subscribe('http.server.request.start', (event) => {
    // Node documents the message as `{ request, response, socket, server }`.
    const { request } = event as { readonly request: IncomingMessage };
    const { headers, url = '/' } = request;
    originals.set(request, {
      url,
      contentLength: headers['content-length'],
      transferEncoding: headers['transfer-encoding'],
    });
    delete headers['content-length'];
    delete headers['transfer-encoding'];
    if (!isDecodable(url)) request.url = '/';
  });
}

/** The path and query that came in, where they had to be hidden from the framework. */
export function urlOf(request: IncomingMessage): string {
  const url = request.url ?? '/';
  const original = originals.get(request)?.url;
  return original !== undefined && !isDecodable(original) ? original : url;
}

/** What the request says about its body's size. */
export function framingOf(request: IncomingMessage): {
  readonly hasBody: boolean;
  readonly contentLength: number | undefined;
} {
  const { headers } = request;
  const framing = originals.get(request) ?? {
    contentLength: headers['content-length'],
    transferEncoding: headers['transfer-encoding'],
  };
  const contentLength =
    framing.contentLength === undefined ? undefined : Number(framing.contentLength);
  const hasBody = framing.transferEncoding !== undefined || (contentLength ?? 0) > 0;
  return { hasBody, contentLength };
}

function isDecodable(url: string): boolean {
  try {
    decodeURIComponent(url.split('?')[0] ?? '');
    return true;
  } catch {
    return false;
  }
}
