import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRecordings, recordingsIn } from './read-file.ts';

const hello = { role: 'user', content: 'Hello' };
const bye = { role: 'assistant', content: 'Bye' };

describe('recordingsIn', () => {
  it.each([
    ['a list of messages', [hello, bye], [[hello, bye]]],
    ['a list of lists', [[hello], [bye]], [[hello], [bye]]],
    ['an object with messages', { messages: [hello], model: 'm' }, [[hello]]],
    ['a list of those', [{ messages: [hello] }, { messages: [bye] }], [[hello], [bye]]],
    ['runs with a trajectory', [{ task_id: 0, traj: [hello, bye] }], [[hello, bye]]],
    ['something else', [{ text: 'Hello' }, 7, null], []],
  ])('finds the runs in %s', (_name, value, runs) => {
    expect(recordingsIn(value)).toEqual(runs);
  });
});

describe('readRecordings', () => {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'strata-demo-test-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  async function fileOf(text: string): Promise<string> {
    const path = join(directory, 'runs.json');
    await writeFile(path, text);
    return path;
  }

  it('names sessions after the file, with numbers of one width', async () => {
    const runs = Array.from({ length: 10 }, () => [hello]);
    const recordings = await readRecordings(await fileOf(JSON.stringify(runs)));
    expect(recordings.map(({ name }) => name)).toEqual([
      'runs-01',
      'runs-02',
      'runs-03',
      'runs-04',
      'runs-05',
      'runs-06',
      'runs-07',
      'runs-08',
      'runs-09',
      'runs-10',
    ]);
  });

  it('reads a run a line', async () => {
    const lines = [{ messages: [hello] }, { messages: [bye] }].map((run) => JSON.stringify(run));
    const recordings = await readRecordings(await fileOf(`${lines.join('\n')}\n`));
    expect(recordings).toEqual([
      { name: 'runs-1', messages: [hello] },
      { name: 'runs-2', messages: [bye] },
    ]);
  });

  it.each([
    ['no JSON at all', 'Hello', 'is not JSON'],
    ['JSON without messages', '{"a":1}', 'no messages found'],
    ['empty runs only', '[[],[]]', 'no messages found'],
  ])('says what is wrong with %s', async (_name, text, message) => {
    await expect(readRecordings(await fileOf(text))).rejects.toThrow(message);
  });

  it('says that a file is not there', async () => {
    await expect(readRecordings(join(directory, 'none.json'))).rejects.toThrow(
      'there is no such file',
    );
  });
});
