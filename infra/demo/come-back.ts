import { checkHome } from './checks/one-home.ts';
import type { Play } from './play.ts';

const ITEMS = 10;
const READS_EACH = 3;

/** Old items are read often again: the next migration brings them back from the cold tier. */
export async function readOftenAgain({ begun, stage, findings }: Play): Promise<string> {
  const { client } = stage;
  const sent = begun[0];
  if (!sent) return 'nothing to read';
  const some = sent.items.slice(0, ITEMS);
  for (let read = 0; read < READS_EACH; read++) {
    for (const { id } of some) await client.item(id);
  }
  const { coldToWarm } = await client.migrate();
  findings.add(await checkHome(client, sent));
  return `${some.length} cold items read ${READS_EACH} times each: ${coldToWarm} items warm again`;
}
