import { AppError } from '../../shared/kernel/app-error.ts';
import type { BusMessage } from '../../shared/ports/event-bus.ts';

/** A message of the bus with what the bus knows of its delivery. */
export interface PushedMessage extends BusMessage {
  readonly id: string;
  readonly publishedAtMs: number;
}

/**
 * Delivers a message as a Pub/Sub push subscription does: as an HTTP request to the function, where
 * a 2xx status acknowledges.
 *
 * @throws AppError `unavailable` when it is not acknowledged; the bus delivers it again.
 */
export async function push(
  url: string,
  message: PushedMessage,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(pushBody(message)),
  }).catch((cause: unknown) => {
    throw new AppError('unavailable', 'The function could not be reached', { cause });
  });
  await response.arrayBuffer(); // Frees the connection for the next one.
  if (response.ok) return;
  throw new AppError('unavailable', `The function answered ${response.status}`);
}

function pushBody({ id, topic, data, attributes = {}, orderingKey, publishedAtMs }: PushedMessage) {
  return {
    message: {
      messageId: id,
      publishTime: new Date(publishedAtMs).toISOString(),
      data: Buffer.from(JSON.stringify(data)).toString('base64'),
      attributes,
      ...(orderingKey !== undefined && { orderingKey }),
    },
    subscription: `projects/local/subscriptions/${topic}`,
  };
}
