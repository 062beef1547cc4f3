import type { Json, JsonObject } from '../../kernel/json.ts';
import { objectOf, objectsOf, textOf } from './fields.ts';
import { functionCallOf, functionResponseOf, thoughtSignatureOf } from './gemini-parts.ts';

/**
 * What generateContent refuses, as far as its documentation and its error messages say:
 * https://ai.google.dev/api/caching#Content (roles and parts; each part has a field set),
 * https://ai.google.dev/gemini-api/docs/function-calling (a response for every call, in the next
 * turn) and https://ai.google.dev/gemini-api/docs/thought-signatures (an empty text may carry one).
 * That a call comes right after a user or function response turn is known by its error
 * (https://github.com/google-gemini/gemini-cli/issues/26486), and so is the equal number of calls
 * and responses (https://github.com/google-gemini/gemini-cli/issues/4217).
 */
export function geminiViolations(messages: readonly JsonObject[], system?: Json): string[] {
  return [
    ...(system === undefined ? [] : systemFaults(system)),
    ...messages.flatMap((content, index) => [
      ...contentFaults(content, `contents.${index}`),
      ...turnFaults(messages, index),
    ]),
    ...(messages[0]?.['role'] === 'model' ? ['contents.0: the user must begin'] : []),
  ];
}

function systemFaults(system: Json): string[] {
  if (typeof system === 'string') return system === '' ? ['system: text is empty'] : [];
  const parts = objectsOf(objectOf(system)['parts']);
  return parts.length > 0 && parts.every(({ text }) => textOf(text) !== '')
    ? []
    : ['system: needs parts with text'];
}

function contentFaults({ role, parts }: JsonObject, at: string): string[] {
  const list = objectsOf(parts);
  const faults = list.flatMap((part, index) => partFaults(part, `${at}.parts.${index}`));
  if (list.length === 0) faults.push(`${at}: parts must not be empty`);
  if (![undefined, 'user', 'model', 'function'].includes(textOf(role) || undefined))
    faults.push(`${at}: unknown role ${JSON.stringify(role)}`);
  if (role !== 'model' && calls(parts).length > 0)
    faults.push(`${at}: only the model may call a function`);
  if (role === 'model' && responses(parts).length > 0)
    faults.push(`${at}: the model must not answer its own call`);
  return faults;
}

function partFaults(part: JsonObject, at: string): string[] {
  if (Object.keys(part).length === 0) return [`${at}: a part must have a field`];
  if (part['text'] === '' && thoughtSignatureOf(part) === undefined)
    return [`${at}: text is empty`];
  const called = functionCallOf(part) ?? functionResponseOf(part);
  if (!called) return [];
  const faults = textOf(called['name']) === '' ? [`${at}: a function needs a name`] : [];
  const value = called['args'] ?? called['response'] ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) faults.push(`${at}: must hold an object`);
  return faults;
}

function turnFaults(messages: readonly JsonObject[], index: number): string[] {
  const at = `contents.${index}`;
  const called = calls(messages[index]?.['parts']);
  const answered = responses(messages[index]?.['parts']);
  const asked = calls(messages[index - 1]?.['parts']);
  const faults: string[] = [];
  if (called.length > 0) {
    const previous = messages[index - 1];
    if (!previous || previous['role'] === 'model')
      faults.push(`${at}: a call must follow a user or function response turn`);
    if (responses(messages[index + 1]?.['parts']).length !== called.length)
      faults.push(`${at}: the next turn must have ${called.length} function responses`);
  }
  if (answered.length > 0 && asked.length === 0)
    faults.push(`${at}: function responses must follow their call`);
  const ids = asked.map(({ id }) => textOf(id));
  for (const id of answered.map((response) => textOf(response['id'])))
    if (id !== '' && !ids.includes(id)) faults.push(`${at}: ${id} is not the id of a call`);
  if (asked.length > 0 && namesOf(asked) !== namesOf(answered))
    faults.push(`${at}: responses are of ${namesOf(answered)}, calls of ${namesOf(asked)}`);
  return faults;
}

const calls = (parts: Json | undefined) =>
  objectsOf(parts)
    .map(functionCallOf)
    .filter((call) => call !== undefined);

const responses = (parts: Json | undefined) =>
  objectsOf(parts)
    .map(functionResponseOf)
    .filter((response) => response !== undefined);

const namesOf = (called: readonly JsonObject[]): string =>
  called
    .map(({ name }) => textOf(name))
    .sort()
    .join(', ');
