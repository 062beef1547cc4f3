import type { Json, JsonObject } from '../../../shared/kernel/json.ts';

/** A tool's use; without a result the tool never answered. */
export interface ToolUse {
  readonly name: string;
  readonly args: JsonObject;
  readonly result?: Json;
  /** The result comes in a later turn: see `late`. */
  readonly label?: string;
}

/** One line of a scene, as it is written down by its author. */
export type Line =
  | { readonly by: 'system' | 'user' | 'assistant'; readonly text: string; readonly pin: boolean }
  | { readonly by: 'calls'; readonly uses: readonly ToolUse[] }
  | { readonly by: 'late'; readonly label: string; readonly result: Json };

/** Lines that belong together, said one after the other from `at` on. */
export interface Scene {
  /** UTC, without seconds: `2026-01-12T09:05`. */
  readonly at: string;
  /** Minutes by which the client's clock is wrong. */
  readonly skewMinutes?: number;
  readonly lines: readonly Line[];
}

export const system = (text: string): Line => ({ by: 'system', text, pin: false });
export const user = (text: string): Line => ({ by: 'user', text, pin: false });
export const reply = (text: string): Line => ({ by: 'assistant', text, pin: false });
/** Something that must stay in every context. */
export const pinned = (text: string): Line => ({ by: 'user', text, pin: true });
/** One tool call, or several in parallel. */
export const calls = (...uses: readonly ToolUse[]): Line => ({ by: 'calls', uses });
/** The result of a call of an earlier turn that carries this label. */
export const late = (label: string, result: Json): Line => ({ by: 'late', label, result });

/** `1240` → `1,240.00`; the same on every machine. */
export const money = (amount: number): string =>
  amount.toFixed(2).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
