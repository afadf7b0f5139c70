/** 1 KiB that fits the schema. */
export const JSON_BODY = JSON.stringify({
  id: 'order-0001',
  lines: Array.from({ length: 16 }, (_, i) => ({
    sku: `SKU-${1000 + i}`,
    quantity: i + 1,
    price: 9.5,
    note: 'a gift',
  })),
  customer: { name: 'Ada Lovelace', email: 'ada@example.com' },
}).padEnd(1024);

export const JSON_SCHEMA = JSON.stringify({
  type: 'object',
  required: ['id', 'lines'],
  additionalProperties: false,
  properties: {
    id: { type: 'string', pattern: '^order-[0-9]+$' },
    lines: {
      type: 'array',
      maxItems: 100,
      items: {
        type: 'object',
        required: ['sku', 'quantity'],
        additionalProperties: false,
        properties: {
          sku: { type: 'string', maxLength: 40 },
          quantity: { type: 'integer', minimum: 1 },
          price: { type: 'number' },
          note: { type: 'string' },
        },
      },
    },
    customer: { type: 'object', properties: { name: { type: 'string' }, email: { type: 'string' } } },
  },
});

export const OPENAPI = JSON.stringify({
  openapi: '3.1.0',
  info: { title: 'Items', version: '1' },
  paths: {
    '/{version}/{name}': {
      parameters: ['version', 'name'].map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
      get: { parameters: [{ name: 'q', in: 'query', schema: { type: 'string' } }] },
    },
  },
});
