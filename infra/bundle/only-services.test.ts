import { expect, it } from 'vitest';
import { onlyServices } from './only-services.ts';

const field = (type: string) => ({ type, id: 1 });
const MESSAGES = {
  nested: {
    google: {
      nested: {
        api: { nested: { HttpRule: { fields: { get: field('string') } } } },
        store: {
          options: { go_package: 'store' },
          nested: {
            Store: {
              methods: {
                Read: {
                  requestType: 'ReadRequest',
                  responseType: 'Document',
                  options: { '(google.api.http).get': '/v1' },
                  parsedOptions: [{ '(google.api.http)': {} }],
                },
              },
            },
            Admin: { methods: { Drop: { requestType: 'DropRequest', responseType: 'Document' } } },
            ReadRequest: {
              fields: {
                name: { type: 'string', id: 1, options: { '(google.api.resource)': 'x' } },
                limit: { type: 'int32', id: 2, options: { proto3_optional: true } },
                order: field('Query.Order'),
              },
            },
            DropRequest: { fields: {} },
            Query: {
              fields: {},
              nested: {
                Order: { fields: { direction: field('Direction') } },
                Direction: { values: { UP: 0 } },
              },
            },
            Document: {
              fields: { at: field('google.time.Instant'), parts: field('Document') },
            },
          },
        },
        time: { nested: { Instant: { fields: {} }, Zone: { fields: {} } } },
      },
    },
  },
};

it('keeps a service with all that it sends and receives, and nothing else', () => {
  expect(onlyServices(MESSAGES, ['google.store.Store'])).toEqual({
    nested: {
      google: {
        nested: {
          store: {
            nested: {
              Store: {
                methods: {
                  Read: { requestType: 'ReadRequest', responseType: 'Document', options: {} },
                },
              },
              ReadRequest: {
                fields: {
                  name: { type: 'string', id: 1, options: {} },
                  limit: { type: 'int32', id: 2, options: { proto3_optional: true } },
                  order: { type: 'Query.Order', id: 1 },
                },
              },
              Query: {
                fields: {},
                nested: {
                  Order: { fields: { direction: { type: 'Direction', id: 1 } } },
                  Direction: { values: { UP: 0 } },
                },
              },
              Document: {
                fields: {
                  at: { type: 'google.time.Instant', id: 1 },
                  parts: { type: 'Document', id: 1 },
                },
              },
            },
          },
          time: { nested: { Instant: { fields: {} } } },
        },
      },
    },
  });
});

it('says so when a service is not there', () => {
  expect(() => onlyServices(MESSAGES, ['google.store.Gone'])).toThrow(
    'expected google.store.Gone among the messages, found none',
  );
});
