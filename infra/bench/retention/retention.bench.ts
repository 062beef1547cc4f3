import { StrataOptions } from '../../../shared/options.ts';
import type { Findings } from '../result.ts';
import { conversationOf } from './conversation.ts';
import { festival } from './domains/festival.ts';
import { incident } from './domains/incident.ts';
import { journey } from './domains/journey.ts';
import { orders } from './domains/orders.ts';
import { wohnung } from './domains/wohnung.ts';
import { BUDGETS, play } from './play.ts';
import { recordingsIn } from './recordings.ts';
import { Tally } from './tally.ts';

const DOMAINS = [journey, incident, orders, wohnung, festival];
const SEEDS = [11, 12, 13, 14];
/** What an agent cannot do without; so many of a hundred have to be there. */
const NEEDED_KINDS = ['number', 'id', 'date', 'path'];
const NEEDED_PERCENT = 95;
const WHEN = 'after 5 rounds';

/**
 * How much of what was said early still stands, to the letter, in the context after rounds of
 * summarising without a model, beside what others do with the same budget.
 */
export async function retention(): Promise<Findings> {
  const tally = new Tally();
  for (const domain of DOMAINS)
    for (const seed of SEEDS) await play(conversationOf(domain, seed), tally);
  const needed = NEEDED_KINDS.map((kind) =>
    tally.share({ when: WHEN, budget: BUDGETS[2], name: 'Strata', kind }),
  );
  if (needed.some((share) => !(share >= NEEDED_PERCENT)))
    throw new Error(`Of ${NEEDED_KINDS.join(', ')} only ${needed.join(', ')} % are kept`);
  return {
    figures: {
      conversations: DOMAINS.length * SEEDS.length,
      'planted facts a conversation': journey.facts.length,
      factsMaxTokens: StrataOptions.parse({}).factsMaxTokens,
    },
    table: tally.table('Planted facts that still stand in the context, in %'),
  };
}

/** The same for what is asked for in recorded conversations. */
export async function recordedRetention(file: string | undefined): Promise<Findings> {
  const tally = new Tally();
  for (const recording of recordingsIn(file)) await play(recording, tally);
  return { figures: {}, table: tally.table('What is asked for and stands in the context, in %') };
}
