import type { Firestore } from '@google-cloud/firestore';

/** One call that a client really sent. */
export interface WireCall {
  readonly method: string;
  /** The request's message, as the protocol defines it. */
  readonly request: WireRequest;
  /** Documents that came back. */
  documents: number;
}

export interface WireRequest {
  readonly structuredQuery?: StructuredQuery;
  readonly structuredAggregationQuery?: {
    readonly structuredQuery: StructuredQuery;
    readonly aggregations: readonly { readonly sum?: { readonly field: Field } }[];
  };
  readonly writes?: readonly object[];
  /** Names of the documents asked for. */
  readonly documents?: readonly string[];
}

interface Field {
  readonly fieldPath: string;
}

/** The parts of a query that decide which index it needs. */
export interface StructuredQuery {
  readonly from: readonly { readonly collectionId: string }[];
  readonly where?: Filter;
  readonly orderBy?: readonly { readonly field: Field; readonly direction: string }[];
}

export interface Filter {
  readonly compositeFilter?: { readonly filters: readonly Filter[] };
  readonly fieldFilter?: { readonly field: Field; readonly op: string };
}

interface Transport {
  request(method: string, request: WireRequest, ...rest: unknown[]): Promise<unknown>;
  requestStream(
    method: string,
    isBidirectional: boolean,
    request: WireRequest,
    ...rest: unknown[]
  ): Promise<NodeJS.ReadableStream>;
}

/** Records every call of a client from now on, where it leaves for the network. */
export function recordCalls(firestore: Firestore): WireCall[] {
  const calls: WireCall[] = [];
  // The client's funnels to the network are not in its types.
  const transport = firestore as unknown as Transport;
  const { request, requestStream } = transport;
  transport.request = (method, message, ...rest) => {
    calls.push({ method, request: message, documents: 0 });
    return request.call(transport, method, message, ...rest);
  };
  transport.requestStream = async (method, isBidirectional, message, ...rest) => {
    const call: WireCall = { method, request: message, documents: 0 };
    calls.push(call);
    const stream = await requestStream.call(transport, method, isBidirectional, message, ...rest);
    stream.on('data', (part: { readonly document?: unknown; readonly found?: unknown }) => {
      if (part.document || part.found) call.documents++;
    });
    stream.pause();
    return stream;
  };
  return calls;
}

/** Runs `before` ahead of every streamed call of a method, with how many of them came earlier. */
export function beforeStreams(
  firestore: Firestore,
  method: string,
  before: (earlier: number) => Promise<unknown>,
): void {
  // The client's funnels to the network are not in its types.
  const transport = firestore as unknown as Transport;
  const { requestStream } = transport;
  let earlier = 0;
  transport.requestStream = async (called, ...rest) => {
    if (called === method) await before(earlier++);
    return requestStream.call(transport, called, ...rest);
  };
}

/** Puts `answer` between the client and the network for one method; `send` really sends the call. */
export function answerCalls(
  firestore: Firestore,
  method: string,
  answer: (send: () => Promise<unknown>) => Promise<unknown>,
): void {
  // The client's funnels to the network are not in its types.
  const transport = firestore as unknown as Transport;
  const { request } = transport;
  transport.request = (called, message, ...rest) => {
    const send = () => request.call(transport, called, message, ...rest);
    return called === method ? answer(send) : send();
  };
}
