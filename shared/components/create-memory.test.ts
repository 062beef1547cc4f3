import { expect, it } from 'vitest';
import type { TokenCounter } from '../ports/token-counter.ts';
import { memoryOfTest, USER } from '../testing/temporary-memory.ts';
import { countThirds } from '../testing/transcripts.ts';

it('the memory message of a session is counted once, however many contexts show it', async () => {
  const counted: string[] = [];
  const counter: TokenCounter = {
    name: 'thirds',
    count(text) {
      counted.push(text);
      return countThirds(text);
    },
  };
  const temp = await memoryOfTest({ counter });
  const session = { userId: USER, sessionId: 's' };
  const context = () =>
    temp.system.memory.context({ ...session, format: 'openai', explain: false });
  const turn = (index: number) => `Parcel A-${100 + index} is due on Monday, at the east gate.`;
  await temp.append('s', ...Array.from({ length: 40 }, (_, index) => turn(index)));
  await temp.system.memory.summarizeSession(session);
  const first = await context();
  expect(first.summary).not.toBeNull();
  counted.length = 0;
  expect(await context()).toMatchObject({ messages: first.messages, tokens: first.tokens });
  await temp.append('s', 'And one more.');
  await context();
  expect(counted.filter((text) => text.includes('<memory>'))).toEqual([]);
  expect(counted).toContain('And one more.');
});
