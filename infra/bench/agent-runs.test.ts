import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readAgentRuns } from './agent-runs.ts';

function fileWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'strata-runs-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'runs.json'), text);
  return join(folder, 'runs.json');
}

describe('readAgentRuns', () => {
  it('gives the messages of each run', () => {
    const file = fileWith('[{"task_id":1,"traj":[{"role":"user","content":"Hi"}]}]');
    expect(readAgentRuns(file)).toEqual([[{ role: 'user', content: 'Hi' }]]);
  });

  it('asks for the file when none is named', () => {
    expect(() => readAgentRuns(undefined)).toThrow(/--file PATH/);
  });

  it('says that a file is not there, or what in it is not as expected', () => {
    expect(() => readAgentRuns('/nowhere/runs.json')).toThrow(/\/nowhere\/runs.json could not/);
    expect(() => readAgentRuns(fileWith('[{"traj":[]}]'))).toThrow(/0\.traj/);
    expect(() => readAgentRuns(fileWith('{}'))).toThrow(/list/);
  });
});
