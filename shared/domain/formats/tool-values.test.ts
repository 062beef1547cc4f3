import { describe, expect, it } from 'vitest';
import { argumentsObject, argumentsText, resultObject, resultText } from './tool-values.ts';

describe('arguments', () => {
  it('are JSON text for one provider', () => {
    expect(argumentsText({ q: 1 })).toBe('{"q":1}');
    expect(argumentsText('{"q": 1}')).toBe('{"q": 1}');
  });

  it('are an object for the others, whatever they were', () => {
    expect(argumentsObject('{"q": 1}')).toEqual({ q: 1 });
    expect(argumentsObject('')).toEqual({});
    expect(argumentsObject(null)).toEqual({});
    expect(argumentsObject('[1]')).toEqual({ input: [1] });
    expect(argumentsObject('null')).toEqual({});
    expect(argumentsObject('q=1')).toEqual({ input: 'q=1' });
    expect(argumentsObject([1])).toEqual({ input: [1] });
  });
});

describe('results', () => {
  it('are an object, parsed where the text is one', () => {
    expect(resultObject('{"n":2}')).toEqual({ n: 2 });
    expect(resultObject('[2]')).toEqual({ result: '[2]' });
    expect(resultObject('two')).toEqual({ result: 'two' });
  });

  it('keep a number that a double can not hold', () => {
    expect(resultObject('{"id":12345678901234567890}')).toEqual({
      result: '{"id":12345678901234567890}',
    });
  });

  it('are text again the same way', () => {
    expect(resultText({ result: 'two' })).toBe('two');
    expect(resultText({ result: 2 })).toBe('{"result":2}');
    expect(resultText({ result: 'two', more: 1 })).toBe('{"result":"two","more":1}');
  });
});
