import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendProblem } from '../http/send.ts';
import { hasDuty } from './access.ts';
import { forbidden, unauthenticated } from './caller.ts';
import type { Identity } from './identity.ts';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

const exchanges = new AsyncLocalStorage<Exchange>();
let isKept = false;

/**
 * Keeps the HTTP request that an event came with. The functions framework hands an event function
 * the event alone, and who sent it stands in a header. Node publishes this channel synchronously
 * in the context of the request, before any handler runs.
 */
export function keepExchanges(): void {
  if (isKept) return;
  isKept = true;
  subscribe('http.server.request.start', (message) => {
    // Node documents the message as `{ request, response, socket, server }`.
    exchanges.enterWith(message as Exchange);
  });
}

/** The request that the event at hand came with, and its answer; none where this process called itself. */
export const currentExchange = (): Exchange | undefined => exchanges.getStore();

/**
 * Lets an event in only from who may deliver events. The answer to anybody else is sent from here:
 * the framework would make an error of the function out of it.
 *
 * @throws AppError `unauthenticated` or `forbidden`, after it was answered.
 */
export async function admitDelivery(identity: Identity): Promise<void> {
  const exchange = currentExchange();
  // Called by this process itself, which needs no leave of its own.
  if (!exchange && identity.isLocalOnly) return;
  try {
    if (!exchange) throw unauthenticated('The event came with no request');
    const caller = await identity.callerOf(exchange.request);
    if (caller.kind === 'nobody')
      throw unauthenticated('Send Authorization: Bearer and an ID token');
    if (caller.kind !== 'local' && !hasDuty(caller, 'pubsub'))
      throw forbidden('This caller may not deliver events');
  } catch (error) {
    if (exchange) sendProblem(exchange.response, error);
    throw error;
  }
}
