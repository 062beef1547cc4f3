import { expect, it } from 'vitest';
import { z } from 'zod';
import { plainMessage } from './plain-message.ts';

it.each<[string, z.ZodType, unknown, string]>([
  ['what is missing', z.string(), undefined, 'is required'],
  ['a missing choice', z.enum(['a', 'b']), undefined, 'is required'],
  ['a number for a text', z.string(), 7, 'must be a string'],
  ['a text for a number', z.number(), '7', 'must be a number'],
  ['a fraction', z.int(), 1.5, 'must be a whole number'],
  ['null for a switch', z.boolean(), null, 'must be true or false'],
  ['a text for a list', z.array(z.string()), 'a', 'must be a list'],
  ['a list for an object', z.strictObject({}), [], 'must be a JSON object'],
  ['a list for a record', z.record(z.string(), z.number()), [], 'must be a JSON object'],
  ['what is no choice', z.enum(['asc', 'desc']), 'up', 'must be one of asc, desc'],
  ['another version', z.literal(1), 2, 'must be 1'],
  ['too little', z.int().min(16), 3, 'must be at least 16'],
  ['nothing', z.number().positive(), 0, 'must be more than 0'],
  ['too much', z.number().max(5), 6, 'must be at most 5'],
  ['a schema with words of its own', z.string('is no name'), 7, 'is no name'],
])('says of %s what is wrong in plain words', (_, schema, value, message) => {
  const parsed = schema.safeParse(value, { error: plainMessage });
  expect(parsed.error?.issues[0]?.message ?? '').toBe(message);
});
