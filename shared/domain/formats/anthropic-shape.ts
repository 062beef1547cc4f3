import type { Json, JsonObject } from '../../kernel/json.ts';
import type { Shape } from './shape.ts';

/** Blocks of another provider: the caller named the wrong format. */
const FOREIGN_BLOCKS = ['image_url', 'input_audio', 'refusal', 'function'];

/**
 * Checks one Anthropic message for shape. Kinds of blocks and fields that it does not know are let
 * through: the API gains some with every release, and a memory must not be the one to refuse them.
 */
export function checkAnthropic(message: JsonObject, path: string, shape: Shape): void {
  const { role, content } = message;
  if (role === 'user' || role === 'assistant' || role === 'system')
    checkContent(content, `${path}.content`, { shape, role });
  else shape.fault(`${path}.role`, 'must be one of user, assistant, system');
}

/** Checks the `system` field: text, or a list of text blocks. */
export const checkAnthropicSystem = (system: Json, shape: Shape): void =>
  checkContent(system, 'system', { shape, role: 'system' });

interface Scope {
  readonly shape: Shape;
  readonly role: 'user' | 'assistant' | 'system' | 'result';
}

function checkContent(content: Json | undefined, path: string, scope: Scope): void {
  if (Array.isArray(content)) {
    content.forEach((block: Json, index) => {
      checkBlock(block, `${path}.${index}`, scope);
    });
  } else if (typeof content !== 'string') {
    scope.shape.fault(path, 'must be a string or a list of blocks');
  }
}

function checkBlock(block: Json, path: string, { shape, role }: Scope): void {
  if (!shape.isObject(block, path)) return;
  const { type } = block;
  if (!shape.isName(type, `${path}.type`)) return;
  if (FOREIGN_BLOCKS.includes(type))
    shape.fault(`${path}.type`, 'is not a block of an Anthropic message');
  if (role === 'system' && type !== 'text') shape.fault(`${path}.type`, 'must be text');
  if (type === 'text') shape.isText(block['text'], `${path}.text`);
  if (type === 'tool_use') {
    if (role !== 'assistant') shape.fault(`${path}.type`, 'has its place in an assistant message');
    shape.isName(block['id'], `${path}.id`);
    shape.isName(block['name'], `${path}.name`);
    shape.isObject(block['input'], `${path}.input`);
  }
  if (type === 'tool_result') {
    if (role !== 'user') shape.fault(`${path}.type`, 'has its place in a user message');
    shape.isName(block['tool_use_id'], `${path}.tool_use_id`);
    if (block['content'] !== undefined)
      checkContent(block['content'], `${path}.content`, { shape, role: 'result' });
  }
}
