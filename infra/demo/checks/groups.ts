import { validateMessages } from '../../../shared/domain/formats/validate.ts';
import type { Format } from '../../../shared/domain/item.ts';
import type { ContextAnswer } from '../answers.ts';
import type { SentSession } from '../sent.ts';

/** Where a context tears a group apart, is out of order, or would be refused by its provider. */
export function groupFaults(
  sent: SentSession,
  context: ContextAnswer,
  format: 'raw' | Format,
): string[] {
  const at = `${sent.name.sessionId}: ${format} context of ${sent.lastSeq} items`;
  const seqs = context.items.map(({ seq }) => seq);
  const kept = new Set(seqs);
  const faults = seqs
    .filter((seq, index) => index > 0 && seq <= (seqs[index - 1] ?? 0))
    .map((seq) => `${at}: seq ${seq} is out of order`);
  for (const seq of seqs) {
    const group = sent.groupBySeq.get(seq);
    if (!group) faults.push(`${at}: result ${seq} stands without its call`);
    const missing = group?.seqs.filter((member) => !kept.has(member)) ?? [];
    if (missing.length > 0)
      faults.push(`${at}: seq ${seq} stands without ${missing.join(', ')} of its group`);
  }
  return format === 'raw' ? faults : [...faults, ...providerFaults(context, format, at)];
}

function providerFaults({ messages, system }: ContextAnswer, format: Format, at: string): string[] {
  if (!messages) return [`${at}: no messages`];
  return validateMessages(format, messages, system).map((fault) => `${at}: ${fault}`);
}
