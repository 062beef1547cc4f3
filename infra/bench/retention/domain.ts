import type { FactKind } from '../../../shared/domain/head.ts';

/**
 * What is talked about in one field. All texts are templates: `<10-50>` is a whole number, `<a|b>` one
 * of several, `#` a digit, `^` a capital letter and `%` a hexadecimal digit where a value is planted.
 */
export interface Domain {
  readonly name: string;
  /** What is planted: its kind, the value, and the sentence around it, which has `{*}` in its place. */
  readonly facts: readonly (readonly [FactKind, string, string])[];
  /** Chatter, with figures of its own that nobody will ask for again. */
  readonly user: readonly string[];
  readonly assistant: readonly string[];
  /** A tool that is called now and then, and the rows of its results. */
  readonly tool?: { readonly name: string; readonly argument: string; readonly row: string };
}
