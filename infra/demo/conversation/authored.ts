import { MINUTE_MS } from '../../../shared/kernel/clock.ts';
import type { Json, JsonObject } from '../../../shared/kernel/json.ts';
import { appointmentScenes } from './appointments.ts';
import type { Conversation, Turn } from './conversation.ts';
import { orderScenes } from './order.ts';
import { BUILDING_ORDERS } from './orders-building.ts';
import { STUDIO_ORDERS } from './orders-studio.ts';
import { reviewScenes } from './reviews.ts';
import { SPRING_SCENES } from './scenes-spring.ts';
import { SUMMER_SCENES } from './scenes-summer.ts';
import type { Line, Scene, ToolUse } from './script.ts';

const BETWEEN_TURNS_MS = 3 * MINUTE_MS;

/**
 * The demo's own conversation: eight months of a ceramics studio that moves into an old boathouse.
 * Written for this purpose; the same on every run.
 */
export function boathouse(): Conversation {
  const orders = [...BUILDING_ORDERS, ...STUDIO_ORDERS];
  const scenes = [
    ...SPRING_SCENES,
    ...SUMMER_SCENES,
    ...appointmentScenes(),
    ...orders.flatMap(orderScenes),
    ...reviewScenes(orders),
  ];
  const inOrder = scenes.sort((a, b) => (a.at < b.at ? -1 : 1));
  const writer = new TurnWriter();
  return { sessionId: 'boathouse', turns: inOrder.flatMap((scene) => writer.turnsOf(scene)) };
}

/** Turns scenes into chat-completions messages; numbers the calls. */
class TurnWriter {
  readonly #labelled = new Map<string, string>();
  #calls = 0;

  turnsOf({ at, skewMinutes, lines }: Scene): Turn[] {
    const startMs = Date.parse(`${at}:00Z`);
    return split(lines).map((part, index) => {
      const atMs = startMs + index * BETWEEN_TURNS_MS;
      const written = part.map((line) => this.#messagesOf(line));
      const pins = part.flatMap((line, place) =>
        'pin' in line && line.pin ? [written.slice(0, place).flat().length] : [],
      );
      return {
        atMs,
        messages: written.flat(),
        ...(skewMinutes === undefined ? {} : { createdAtMs: atMs + skewMinutes * MINUTE_MS }),
        ...(pins.length > 0 ? { pins } : {}),
      };
    });
  }

  #messagesOf(line: Line): JsonObject[] {
    switch (line.by) {
      case 'calls':
        return this.#exchange(line.uses);
      case 'late': {
        const id = this.#labelled.get(line.label);
        if (id === undefined) throw new TypeError(`No call is labelled "${line.label}"`);
        return [toolMessage(id, line.result)];
      }
      default:
        return [{ role: line.by, content: line.text }];
    }
  }

  #exchange(uses: readonly ToolUse[]): JsonObject[] {
    const named = uses.map((use) => ({ ...use, id: this.#nextId(use) }));
    const toolCalls = named.map(({ id, name, args }) => ({
      id,
      type: 'function',
      function: { name, arguments: JSON.stringify(args) },
    }));
    const results = named.flatMap(({ id, result }) =>
      result === undefined ? [] : [toolMessage(id, result)],
    );
    return [{ role: 'assistant', content: null, tool_calls: toolCalls }, ...results];
  }

  #nextId({ label }: ToolUse): string {
    this.#calls += 1;
    const id = `call_${String(this.#calls).padStart(4, '0')}`;
    if (label !== undefined) this.#labelled.set(label, id);
    return id;
  }
}

const toolMessage = (id: string, result: Json): JsonObject => ({
  role: 'tool',
  tool_call_id: id,
  content: typeof result === 'string' ? result : JSON.stringify(result),
});

/** A turn begins where the user speaks, or where a late result arrives. */
function split(lines: readonly Line[]): Line[][] {
  const turns: Line[][] = [];
  for (const line of lines) {
    const turn = turns.at(-1);
    const isFirstOfUser = line.by === 'user' && turn?.some(({ by }) => by !== 'system');
    if (!turn || isFirstOfUser || line.by === 'late') turns.push([line]);
    else turn.push(line);
  }
  return turns;
}
