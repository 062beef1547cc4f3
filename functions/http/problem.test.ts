import { describe, expect, it } from 'vitest';
import { AppError, invalid } from '../../shared/kernel/app-error.ts';
import { toProblem } from './problem.ts';

describe('toProblem', () => {
  it('names the fields at fault', () => {
    expect(toProblem(invalid([{ path: 'userId', message: 'is required' }]))).toEqual({
      status: 400,
      code: 'invalid-argument',
      detail: 'The request is not valid',
      violations: [{ path: 'userId', message: 'is required' }],
    });
  });

  it('shows nothing of our own failures but the code', () => {
    const error = new AppError('internal', 'disk /var/x is full', { details: { path: '/var/x' } });
    expect(toProblem(error)).toEqual({
      status: 500,
      code: 'internal',
      detail: 'The service could not complete the request',
    });
  });

  it('says which budget would do', () => {
    const details = { requiredBudget: 120 };
    expect(toProblem(new AppError('budget-too-small', 'Too small', { details }))).toMatchObject({
      status: 422,
      requiredBudget: 120,
    });
  });
});
