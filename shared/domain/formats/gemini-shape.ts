import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.ts';
import type { Shape } from './shape.ts';

const ROLES: readonly (Json | undefined)[] = [undefined, 'user', 'model', 'function'];

/** Checks one Gemini content for shape. Kinds of parts that it does not know are let through. */
export function checkGemini(message: JsonObject, path: string, shape: Shape): void {
  const { role, parts } = message;
  if (!ROLES.includes(role)) shape.fault(`${path}.role`, 'must be one of user, model');
  else if (shape.isList(parts, `${path}.parts`))
    parts.forEach((part, index) => {
      checkPart(part, `${path}.parts.${index}`, { shape, isModel: role === 'model' });
    });
}

/** Checks a `systemInstruction`: text, or a content of text parts. */
export function checkGeminiSystem(system: Json, shape: Shape): void {
  if (typeof system === 'string') return;
  if (!isJsonObject(system)) {
    shape.fault('system', 'must be a string or a content');
  } else if (shape.isList(system['parts'], 'system.parts')) {
    system['parts'].forEach((part, index) => {
      const path = `system.parts.${index}`;
      if (shape.isObject(part, path)) shape.isText(part['text'], `${path}.text`);
    });
  }
}

interface Scope {
  readonly shape: Shape;
  readonly isModel: boolean;
}

function checkPart(part: Json, path: string, { shape, isModel }: Scope): void {
  if (!shape.isObject(part, path)) return;
  if (Object.keys(part).length === 0) shape.fault(path, 'must have a field');
  if (part['text'] !== undefined) shape.isText(part['text'], `${path}.text`);
  for (const field of ['functionCall', 'function_call']) {
    const call = part[field];
    if (call === undefined || !shape.isObject(call, `${path}.${field}`)) continue;
    if (!isModel) shape.fault(`${path}.${field}`, 'has its place in a content of the model');
    checkAddress(call, `${path}.${field}`, shape);
    const { args } = call;
    if (args !== undefined && args !== null) shape.isObject(args, `${path}.${field}.args`);
  }
  for (const field of ['functionResponse', 'function_response']) {
    const response = part[field];
    if (response === undefined || !shape.isObject(response, `${path}.${field}`)) continue;
    if (isModel) shape.fault(`${path}.${field}`, 'has its place in a content of the user');
    checkAddress(response, `${path}.${field}`, shape);
    shape.isObject(response['response'], `${path}.${field}.response`);
  }
}

function checkAddress({ id, name }: JsonObject, path: string, shape: Shape): void {
  shape.isName(name, `${path}.name`);
  if (id !== undefined && id !== null) shape.isText(id, `${path}.id`);
}
