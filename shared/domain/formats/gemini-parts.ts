import { isJsonObject, type JsonObject } from '../../kernel/json.ts';

// The REST API takes both spellings of a field, as ProtoJSON does
// (https://protobuf.dev/programming-guides/json/), and Python users store the second.

export const functionCallOf = (part: JsonObject): JsonObject | undefined =>
  either(part, 'functionCall', 'function_call');

export const functionResponseOf = (part: JsonObject): JsonObject | undefined =>
  either(part, 'functionResponse', 'function_response');

export const thoughtSignatureOf = (part: JsonObject) =>
  part['thoughtSignature'] ?? part['thought_signature'];

function either(part: JsonObject, camel: string, snake: string): JsonObject | undefined {
  const value = part[camel] ?? part[snake];
  return isJsonObject(value) ? value : undefined;
}

/** Names calls that came without an id: 1, 2, 3 … among those of one name. */
export class CallCounter {
  readonly #counts = new Map<string, number>();

  next(name: string): string {
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    return `${name}#${count}`;
  }
}

/** The name inside a made id; `undefined` when the id came from the provider. */
export const nameInMadeId = (id: string): string | undefined => /^(.+)#[1-9][0-9]*$/s.exec(id)?.[1];
