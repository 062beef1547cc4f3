import { describe, expect, it } from 'vitest';
import { checkBytesGone, countFound, needlesOf } from './bytes.ts';

describe('needlesOf', () => {
  it('takes the longest run that is stored as it is, cut from its middle', () => {
    const [needle] = needlesOf([
      'short\n"quoted"then a run that is long enough to be found again, by whoever looks',
    ]);
    expect(needle?.toString()).toBe('n that is long enough to be found again, by whoe');
  });

  it('leaves out texts that are too short to tell apart, and takes equal ones once', () => {
    const text = 'The gulls were here first.';
    expect(needlesOf(['Yes.', text, text])).toEqual([Buffer.from(text)]);
  });
});

describe('countFound', () => {
  const needles = [Buffer.from('kiln room north, please'), Buffer.from('celadon NL-C5, 5 kg tub')];

  it('counts each needle once, wherever it stands in whichever file', () => {
    const files = [
      Buffer.from('…kiln room north, please…kiln room north, please'),
      Buffer.concat([Buffer.alloc(3), needles[1] ?? Buffer.alloc(0)]),
    ];
    expect(countFound(files, needles)).toBe(2);
  });

  it('does not take a beginning for the whole', () => {
    expect(
      countFound([Buffer.from('kiln room north, pleas and celadon NL-C5, 5 kg tu')], needles),
    ).toBe(0);
  });
});

describe('checkBytesGone', () => {
  it('finds what is left, and a search that could not have found anything', () => {
    expect(checkBytesGone({ found: 7, needles: 8 }, { found: 0 }).faults).toEqual([]);
    expect(checkBytesGone({ found: 7, needles: 8 }, { found: 2 }).faults).toEqual([
      '2 texts or blocks are still in the files',
    ]);
    expect(checkBytesGone({ found: 0, needles: 8 }, { found: 0 }).faults).toEqual([
      'nothing was found in the files before: the search is blind',
    ]);
  });
});
