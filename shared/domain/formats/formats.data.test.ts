import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../kernel/json.ts';
import { groupItems } from '../group.ts';
import { FORMATS } from '../item.ts';
import { stored } from './formats.contract.ts';
import { parseMessages } from './parse.ts';
import { renderMessages } from './render.ts';
import { validateMessages } from './validate.ts';

interface Run {
  readonly traj: readonly JsonObject[];
}

const file = fileURLToPath(new URL('../../../../shared/data/agent-tools.json', import.meta.url));
const runs = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Run[]) : undefined;

const SAMPLE: Run = {
  traj: [
    { role: 'system', content: 'You book flights.' },
    { role: 'user', content: 'Where is my booking?' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'call_1', type: 'function', function: { name: 'find', arguments: '{"user":"u1"}' } },
      ],
    },
    { role: 'tool', tool_call_id: 'call_1', name: 'find', content: '{"booking":"B7"}' },
    { role: 'assistant', content: 'It is B7.' },
  ],
};

describe('recorded agent runs', () => {
  const title = runs
    ? `come back field for field and suit every provider: ${runs.length} runs`
    : 'are not in ../shared/data: a built-in sample comes back field for field instead';

  it(title, () => {
    for (const { traj } of runs ?? [SAMPLE]) {
      const recent = groupItems(stored(parseMessages('openai', traj))).groups;
      expect(renderMessages('openai', { before: [], recent }).messages).toEqual(traj);
      for (const format of FORMATS) {
        const { messages, system } = renderMessages(format, { before: [], recent });
        expect(validateMessages(format, messages, system)).toEqual([]);
      }
    }
  });
});
