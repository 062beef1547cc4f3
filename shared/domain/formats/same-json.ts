import { isJsonObject, type Json } from '../../kernel/json.ts';

/** Whether two values mean the same JSON: the order of keys has no meaning, all else has. */
export function sameJson(left: Json | undefined, right: Json | undefined): boolean {
  if (Array.isArray(left)) {
    if (!Array.isArray(right) || left.length !== right.length) return false;
    return left.every((value, index) => sameJson(value, right[index]));
  }
  if (!isJsonObject(left)) return Object.is(left, right);
  if (!isJsonObject(right)) return false;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && sameJson(left[key], right[key]))
  );
}
