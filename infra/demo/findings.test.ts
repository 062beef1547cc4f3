import { describe, expect, it } from 'vitest';
import { Findings } from './findings.ts';

describe('Findings', () => {
  it('adds up what was looked at, invariant by invariant', () => {
    const findings = new Findings();
    findings.add({ invariant: 2, looked: { history: 1 }, faults: [] });
    findings.add({ invariant: 2, looked: { history: 2, coverage: 1 }, faults: [] });
    expect(findings.verdicts()[1]).toMatchObject({
      number: 2,
      name: 'One home',
      status: 'kept',
      looked: { history: 3, coverage: 1 },
    });
  });

  it('calls an invariant broken by one fault among many looks', () => {
    const findings = new Findings();
    findings.add({ invariant: 7, looked: { context: 900 }, faults: [] });
    findings.add({ invariant: 7, looked: { context: 1 }, faults: ['seq 3 stands alone'] });
    const verdict = findings.verdicts()[6];
    expect(verdict).toMatchObject({ status: 'broken', faults: ['seq 3 stands alone'] });
  });

  it('has thirteen verdicts, and calls unchecked what nobody looked at', () => {
    const findings = new Findings();
    findings.add({ invariant: 4, looked: { answer: 0 }, faults: [] });
    findings.leaveOut(1, 'no restart');
    const verdicts = findings.verdicts();
    expect(verdicts.map(({ number }) => number)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
    ]);
    expect(verdicts.every(({ status }) => status === 'unchecked')).toBe(true);
    expect(verdicts[0]?.without).toEqual(['no restart']);
  });
});
