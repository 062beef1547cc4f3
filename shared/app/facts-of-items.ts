import { extractFacts } from '../domain/facts/facts.ts';
import type { Fact } from '../domain/head.ts';
import type { Item } from '../domain/item.ts';
import { mapGivingWay } from '../kernel/give-way.ts';

/** The facts of items, found one item after the other: others have their turn between large ones. */
export async function factsOfItems(items: readonly Item[]): Promise<Fact[]> {
  const unitsOf = ({ content, toolCalls = [] }: Item) =>
    toolCalls.reduce((sum, call) => sum + JSON.stringify(call).length, content.length);
  return (await mapGivingWay(items, unitsOf, (item) => extractFacts([item]))).flat();
}
