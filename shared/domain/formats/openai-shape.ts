import type { Json, JsonObject } from '../../kernel/json.ts';
import { listOf } from './fields.ts';
import type { Shape } from './shape.ts';

const ROLES = ['system', 'developer', 'user', 'assistant', 'tool', 'function'];
/** Blocks of another provider: the caller named the wrong format. */
const FOREIGN_PARTS = ['tool_use', 'tool_result', 'thinking'];
const CALL_FIELDS = ['content', 'tool_calls', 'function_call', 'refusal', 'audio'];

/** Checks one chat-completions message for shape. Fields it does not know are let through. */
export function checkOpenai(message: JsonObject, path: string, shape: Shape): void {
  const { role, content } = message;
  switch (role) {
    case 'system':
    case 'developer':
    case 'user':
      checkContent(content, `${path}.content`, shape);
      break;
    case 'assistant':
      checkAssistant(message, path, shape);
      break;
    case 'tool':
      shape.isName(message['tool_call_id'], `${path}.tool_call_id`);
      checkContent(content, `${path}.content`, shape);
      break;
    case 'function':
      shape.isName(message['name'], `${path}.name`);
      if (content !== null) checkContent(content, `${path}.content`, shape);
      break;
    default:
      shape.fault(`${path}.role`, `must be one of ${ROLES.join(', ')}`);
  }
}

function checkAssistant(message: JsonObject, path: string, shape: Shape): void {
  const { content, tool_calls: calls, function_call: legacyCall } = message;
  if (CALL_FIELDS.every((field) => message[field] === undefined))
    shape.fault(`${path}.content`, 'is required without tool_calls');
  if (content !== undefined && content !== null) checkContent(content, `${path}.content`, shape);
  if (calls !== undefined && calls !== null && shape.isList(calls, `${path}.tool_calls`))
    calls.forEach((call, index) => {
      checkCall(call, `${path}.tool_calls.${index}`, shape);
    });
  if (legacyCall !== undefined && legacyCall !== null)
    checkFunction(legacyCall, `${path}.function_call`, shape);
  if (legacyCall && listOf(calls).length > 0)
    shape.fault(`${path}.function_call`, 'does not go together with tool_calls');
}

function checkContent(content: Json | undefined, path: string, shape: Shape): void {
  if (!Array.isArray(content)) {
    if (typeof content !== 'string') shape.fault(path, 'must be a string or a list of parts');
    return;
  }
  content.forEach((part: Json, index) => {
    checkPart(part, `${path}.${index}`, shape);
  });
}

function checkPart(part: Json, path: string, shape: Shape): void {
  if (!shape.isObject(part, path)) return;
  const { type } = part;
  if (!shape.isName(type, `${path}.type`)) return;
  if (FOREIGN_PARTS.includes(type))
    shape.fault(`${path}.type`, 'is not a part of an OpenAI message');
  if (type === 'text') shape.isText(part['text'], `${path}.text`);
  if (type === 'refusal') shape.isText(part['refusal'], `${path}.refusal`);
  if (type === 'image_url' || type === 'input_audio' || type === 'file')
    shape.isObject(part[type], `${path}.${type}`);
}

function checkCall(call: Json, path: string, shape: Shape): void {
  if (!shape.isObject(call, path)) return;
  const { id, type, custom } = call;
  shape.isName(id, `${path}.id`);
  if (type !== undefined) shape.isName(type, `${path}.type`);
  if (type !== 'custom') {
    checkFunction(call['function'], `${path}.function`, shape);
  } else if (shape.isObject(custom, `${path}.custom`)) {
    shape.isName(custom['name'], `${path}.custom.name`);
    shape.isText(custom['input'], `${path}.custom.input`);
  }
}

function checkFunction(value: Json | undefined, path: string, shape: Shape): void {
  if (!shape.isObject(value, path)) return;
  shape.isName(value['name'], `${path}.name`);
  shape.isText(value['arguments'], `${path}.arguments`);
}
