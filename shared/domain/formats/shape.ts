import { invalid, MAX_VIOLATIONS, type Violation } from '../../kernel/app-error.ts';
import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.ts';

/** Collects what is wrong with a list of messages, so that one answer names every fault, up to a hundred. */
export class Shape {
  readonly #violations: Violation[] = [];

  fault(path: string, message: string): void {
    if (this.#violations.length < MAX_VIOLATIONS) this.#violations.push({ path, message });
  }

  isText(value: Json | undefined, path: string): value is string {
    if (typeof value === 'string') return true;
    this.fault(path, 'must be a string');
    return false;
  }

  isName(value: Json | undefined, path: string): value is string {
    if (typeof value === 'string' && value !== '') return true;
    this.fault(path, 'must be a non-empty string');
    return false;
  }

  isObject(value: Json | undefined, path: string): value is JsonObject {
    if (isJsonObject(value)) return true;
    this.fault(path, 'must be an object');
    return false;
  }

  isList(value: Json | undefined, path: string): value is readonly Json[] {
    if (Array.isArray(value)) return true;
    this.fault(path, 'must be a list');
    return false;
  }

  /** @throws AppError `invalid-argument` with every fault found so far. */
  assertSound(): void {
    if (this.#violations.length > 0) throw invalid(this.#violations);
  }
}
