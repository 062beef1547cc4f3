import type { Json, JsonObject } from '../../kernel/json.ts';
import type { Group } from '../group.ts';

/** What a context says, in order: what stands in front, the memory, the recent part. */
export interface RenderInput {
  readonly before: readonly Group[];
  /** Summary and facts as one text. */
  readonly memory?: string;
  readonly recent: readonly Group[];
}

export interface Rendered {
  readonly messages: JsonObject[];
  /** System text, where the provider takes it beside the messages. */
  readonly system?: Json;
}
