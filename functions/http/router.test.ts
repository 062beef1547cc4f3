import { describe, expect, it } from 'vitest';
import { type Endpoint, findEndpoint, splitUrl } from './router.ts';

const ENDPOINTS: readonly Endpoint[] = [
  { method: 'GET', path: '/' },
  { method: 'POST', path: '/' },
  { method: 'GET', path: '/history' },
  { method: 'GET', path: '/summaries/:summaryId' },
  { method: 'GET', path: '/:itemId' },
  { method: 'DELETE', path: '/:itemId' },
];

describe('findEndpoint', () => {
  it('prefers a fixed path to a parameter', () => {
    expect(findEndpoint(ENDPOINTS, 'GET', '/history').endpoint.path).toBe('/history');
    expect(findEndpoint(ENDPOINTS, 'GET', '/abc-1')).toMatchObject({
      endpoint: { path: '/:itemId' },
      params: { itemId: 'abc-1' },
    });
  });

  it('does not mind a trailing slash', () => {
    expect(findEndpoint(ENDPOINTS, 'GET', '/summaries/s1/').params).toEqual({ summaryId: 's1' });
    expect(findEndpoint(ENDPOINTS, 'POST', '').endpoint.path).toBe('/');
  });

  it('takes HEAD for GET, and for nothing else', () => {
    expect(findEndpoint(ENDPOINTS, 'HEAD', '/history').endpoint).toMatchObject({ method: 'GET' });
    expect(() => findEndpoint([{ method: 'POST', path: '/' }], 'HEAD', '/')).toThrow(
      expect.objectContaining({ code: 'method-not-allowed' }),
    );
  });

  it('tells a wrong method from a wrong path', () => {
    expect(() => findEndpoint(ENDPOINTS, 'PUT', '/')).toThrow(
      expect.objectContaining({ code: 'method-not-allowed', details: { allow: ['GET', 'POST'] } }),
    );
    expect(() => findEndpoint(ENDPOINTS, 'DELETE', '/history')).toThrow(
      expect.objectContaining({ details: { allow: ['GET'] } }),
    );
    expect(() => findEndpoint(ENDPOINTS, 'GET', '/a/b/c')).toThrow(
      expect.objectContaining({ code: 'not-found' }),
    );
  });
});

describe('splitUrl', () => {
  it('takes paths with and without the name of the function', () => {
    expect(splitUrl('/read-items/history?limit=1', 'read-items')).toEqual({
      path: '/history',
      query: 'limit=1',
    });
    expect(splitUrl('/history', 'read-items')).toEqual({ path: '/history', query: '' });
    expect(splitUrl('/?a=b?c', 'read-items')).toEqual({ path: '/', query: 'a=b?c' });
  });

  it('does not let an encoded slash make a path', () => {
    expect(splitUrl('/summaries%2Fx', 'read-items').path).toBe('/%2F/');
  });

  it('refuses broken percent-encoding', () => {
    expect(() => splitUrl('/%E0%A4%A', 'read-items')).toThrow('percent-encoded');
  });
});
