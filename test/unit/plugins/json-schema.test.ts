import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseStrictJson } from '../../../src/base/strict-json.ts';
import { BufferedBody } from '../../../src/gateway/body.ts';
import { BodyBudget } from '../../../src/gateway/body-budget.ts';
import type { Exchange } from '../../../src/gateway/exchange.ts';
import { plugin } from '../../../src/plugins/json-schema/json-schema.ts';
import { SchemaCompiler } from '../../../src/plugins/json-schema/validator/compile.ts';
import { problemOf } from '../../../src/plugins/json-schema/validator/validate.ts';
import { ManualBody } from '../../support/manual-body.ts';
import { authorized, deps } from './support.ts';

function validator(schema: unknown): (value: unknown) => string | null {
  const check = new SchemaCompiler(schema).at('');
  return (value) => problemOf(value, check);
}

const tree = { properties: { next: { $ref: '#' } }, required: ['id'] };
const same = { $defs: { id: { type: 'string' } }, $ref: '#/$defs/id' };

/** Schema, values that fit, values that do not. */
const CASES: readonly (readonly [schema: unknown, valid: readonly unknown[], invalid: readonly unknown[]])[] = [
  [true, [1, null], []],
  [false, [], [1, null]],
  [{}, [1, 'a', {}], []],
  [{ type: 'integer' }, [1, -0, 1.0, 1e20], [1.5, '1', null, [], Number.POSITIVE_INFINITY]],
  [{ type: 'number' }, [1.5], ['1.5', Number.POSITIVE_INFINITY]],
  [{ type: ['string', 'null'] }, ['a', null], [1, {}]],
  [{ type: 'object' }, [{}], [[], null]],
  [{ type: 'array' }, [[]], [{}, null]],
  [{ enum: [1, { a: [1], b: 2 }, null] }, [1, { b: 2, a: [1] }, null], [true, '1', { a: [1] }, [1]]],
  [{ const: { a: 1 } }, [{ a: 1 }], [{ a: '1' }, { a: 1, b: 1 }]],
  [{ const: false }, [false], [0, null]],
  [{ minimum: 1, exclusiveMaximum: 2 }, [1, 1.9, 'x'], [0.9, 2]],
  [{ multipleOf: 0.01 }, [19.99, 0.07, 3, 1e308], [0.001, 1e-9]],
  [{ multipleOf: 1e-8 }, [12391239.123, 1], [1e-9]],
  [{ multipleOf: 3 }, [9, 0, -3], [10]],
  [{ minLength: 2, maxLength: 3 }, ['ab', '😀😀', '😀😀😀'], ['a', '😀', 'abcd']],
  [{ maxLength: 0 }, [''], ['a']],
  [{ pattern: '^a+$' }, ['aa', 1], ['ab', 'a\n']],
  [{ pattern: 'b' }, ['abc'], ['ac']],
  [{ items: { type: 'string' } }, [['a'], [], 'x'], [['a', 1]]],
  [{ prefixItems: [{ type: 'string' }], items: { type: 'integer' } }, [['a', 1], []], [[1], ['a', 'b']]],
  [{ prefixItems: [true], items: false }, [[1]], [[1, 2]]],
  [{ contains: { const: 1 } }, [[2, 1]], [[2], []]],
  [{ contains: { const: 1 }, minContains: 0, maxContains: 1 }, [[], [1, 2]], [[1, 1]]],
  [{ minItems: 1, maxItems: 2 }, [[1]], [[], [1, 2, 3]]],
  [
    { uniqueItems: true },
    [[1, '1', true, null, [1], { a: 1 }]],
    [
      [1, 1.0],
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
    ],
  ],
  [{ uniqueItems: false }, [[1, 1]], []],
  [{ properties: { a: { type: 'string' } } }, [{}, { a: 'x' }, { b: 1 }, 'x'], [{ a: 1 }]],
  [{ properties: { toString: { type: 'string' } } }, [{}, { toString: 'x' }], [{ toString: 1 }]],
  [{ required: ['a'] }, [{ a: null }], [{}]],
  [{ required: ['toString'] }, [{ toString: 1 }], [{}]],
  [{ required: ['__proto__'] }, [JSON.parse('{"__proto__":1}')], [{}]],
  [{ properties: { a: true }, additionalProperties: false }, [{ a: 1 }], [{ b: 1 }, JSON.parse('{"__proto__":1}')]],
  [JSON.parse('{"properties":{"__proto__":{"type":"string"}}}'), [{}], [JSON.parse('{"__proto__":1}')]],
  [{ additionalProperties: { type: 'integer' } }, [{ a: 1 }], [{ a: 'x' }]],
  [{ patternProperties: { '^x-': { type: 'string' } } }, [{ 'x-a': '1', a: 1 }], [{ 'x-a': 1 }]],
  [{ patternProperties: { '^x-': true }, additionalProperties: false }, [{ 'x-a': 1 }], [{ a: 1 }]],
  [
    { properties: { a: true }, patternProperties: { '^a': { type: 'integer' } }, additionalProperties: false },
    [{ a: 1, ab: 2 }],
    [{ a: 'x' }, { b: 1 }, { 'a\n': 'x' }],
  ],
  [{ minProperties: 1, maxProperties: 2 }, [{ a: 1 }], [{}, { a: 1, b: 1, c: 1 }]],
  [{ propertyNames: { maxLength: 2 } }, [{ ab: 1 }], [{ abc: 1 }]],
  [{ dependentRequired: { a: ['b'] } }, [{ a: 1, b: 1 }, { b: 1 }], [{ a: 1 }]],
  [{ dependentSchemas: { a: { required: ['b'] } } }, [{ a: 1, b: 1 }, {}], [{ a: 1 }]],
  [{ allOf: [{ type: 'string' }, { minLength: 2 }] }, ['ab'], ['a', 1]],
  [{ anyOf: [{ type: 'string' }, { minimum: 2 }] }, ['a', 2], [1]],
  [{ oneOf: [{ type: 'integer' }, { minimum: 2 }] }, [1, 2.5], [3, 1.5]],
  [{ not: { type: 'string' } }, [1], ['a']],
  [JSON.parse('{"if":{"type":"string"},"then":{"minLength":2},"else":{"type":"integer"}}'), ['ab', 1], ['a', 1.5]],
  [{ if: { type: 'string' } }, [1, 'a'], []],
  [same, ['a'], [1]],
  [tree, [{ id: 1, next: { id: 2 } }], [{ id: 1, next: {} }]],
  [{ $defs: { 'a/b~c d': { type: 'null' } }, $ref: '#/$defs/a~1b~0c%20d' }, [null], [1]],
  [{ $ref: '#/$defs/a', minimum: 3, $defs: { a: { type: 'integer' } } }, [3], [2, 'a']],
  [{ format: 'date' }, ['2024-02-29', 1], ['2023-02-29', '2024-2-1', '2024-02-29x']],
  [
    { format: 'date-time' },
    ['2024-02-29T12:00:00Z', '2024-02-29t12:00:00.5+01:00'],
    ['2024-02-29', '2024-02-29T25:00:00Z'],
  ],
  [{ format: 'time' }, ['12:00:00Z'], ['12:00:00', '24:00:00Z']],
  [{ format: 'email' }, ['a@b.example', 'a.b+c@localhost'], ['a', 'a@', '@b', 'a b@c', 'a@b@c', 'a@-b']],
  [{ format: 'hostname' }, ['a.example'], ['a..b', '-a', 'a_b', 'a'.repeat(64)]],
  [{ format: 'ipv4' }, ['192.0.2.1'], ['192.0.2', '::1', '192.0.2.01']],
  [{ format: 'ipv6' }, ['::1', '2001:db8::1'], ['1.2.3.4', 'fe80::1%eth0']],
  [{ format: 'uri' }, ['https://a.example/x?y#z', 'urn:a:b'], ['/x', 'https://a b', 'http://a/<x>']],
  [{ format: 'uuid' }, ['123e4567-e89b-12d3-a456-426614174000'], ['123e4567e89b12d3a456426614174000']],
  [{ format: 'int32' }, [1, -(2 ** 31), 'x'], [2 ** 31, 1.5]],
  [{ format: 'int64' }, [2 ** 40], [1.5, 2 ** 63]],
  [{ title: 'T', description: 'D', $comment: 'c', default: 1, examples: [1], deprecated: true, 'x-own': {} }, [1], []],
];

for (const [schema, valid, invalid] of CASES) {
  test(`schema ${JSON.stringify(schema)}`, () => {
    const problem = validator(schema);
    for (const value of valid) assert.equal(problem(value), null, JSON.stringify(value));
    for (const value of invalid) assert.notEqual(problem(value), null, JSON.stringify(value));
  });
}

/** What would let more through than was meant, or is not carried out. */
const MISTAKES: readonly (readonly [schema: unknown, message: RegExp])[] = [
  [{ propertys: {} }, /#\/propertys: propertys is not supported/],
  [{ properties: { a: { minLenght: 1 } } }, /#\/properties\/a\/minLenght/],
  [{ toString: 1 }, /not supported/],
  [{ minLength: '3' }, /whole number/],
  [{ minLength: -1 }, /whole number/],
  [{ type: 'strin' }, /type takes/],
  [{ type: 'toString' }, /type takes/],
  [{ type: [] }, /not empty/],
  [{ enum: [] }, /not empty/],
  [{ exclusiveMinimum: true }, /takes a number/],
  [{ multipleOf: 0 }, /above 0/],
  [{ required: 'a' }, /list of names/],
  [{ required: true }, /list of names/],
  [{ pattern: '(?=a)' }, /not RE2 syntax/],
  [{ pattern: '(a)\\1' }, /not RE2 syntax/],
  [{ patternProperties: { '(': true } }, /not RE2 syntax/],
  [{ format: 'regex' }, /not one that is checked/],
  [{ items: [true] }, /prefixItems/],
  [{ additionalItems: false }, /prefixItems/],
  [{ dependencies: {} }, /dependentRequired/],
  [{ nullable: true }, /null/],
  [{ unevaluatedProperties: false }, /not supported/],
  [{ $dynamicRef: '#a' }, /not supported/],
  [{ $anchor: 'a' }, /not supported/],
  [{ properties: { a: { $id: 'x' } } }, /not supported/],
  [{ $ref: '#/$defs/none' }, /leads nowhere/],
  [{ $ref: '#/constructor' }, /leads nowhere/],
  [{ $ref: 'https://a.example/schema' }, /not a reference/],
  [{ $ref: 'file:///etc/passwd' }, /not a reference/],
  [{ $ref: '#/%zz' }, /not a reference/],
  [{ $ref: 1 }, /takes a reference/],
  [JSON.parse('{"then":true}'), /without if/],
  [{ maxContains: 1 }, /without contains/],
  [{ properties: [] }, /takes an object/],
  [{ items: 1 }, /is not a schema/],
  [{ $defs: { a: { typ: 'x' } } }, /#\/\$defs\/a\/typ/],
  [1, /is not a schema/],
];

for (const [schema, message] of MISTAKES) {
  test(`is a mistake: ${JSON.stringify(schema)}`, () =>
    assert.throws(() => new SchemaCompiler(schema).at(''), message));
}

test('what is said about a value names the place by keys of the schema, and quotes nothing that was sent', () => {
  const problem = validator({
    properties: { items: { items: { properties: { card: { maxLength: 4 } }, additionalProperties: false } } },
    additionalProperties: { type: 'string' },
  });
  assert.equal(problem({ items: [{}, { card: '4111111111111111' }] }), '/items/1/card: maxLength');
  assert.equal(problem({ items: [{ '4111111111111111': 1 }] }), '/items/0: additionalProperties');
  assert.equal(problem({ '4111111111111111': 1 }), '/*: type');
});

test('a schema that doubles its work at each level ends', () => {
  const child = { properties: { a: { $ref: '#' } } };
  const problem = validator({
    anyOf: [
      { ...child, required: ['x'] },
      { ...child, required: ['y'] },
    ],
  });
  let value: object = {};
  for (let i = 0; i < 60; i++) value = { a: value };
  assert.equal(problem(value), 'it would take too long to validate');
});

test('nor does "not" make valid what could not be validated', () => {
  const child = { properties: { a: { $ref: '#/$defs/t' } } };
  const t = {
    anyOf: [
      { ...child, required: ['x'] },
      { ...child, required: ['y'] },
    ],
  };
  const problem = validator({ $defs: { t }, not: { $ref: '#/$defs/t' } });
  let value: object = {};
  for (let i = 0; i < 60; i++) value = { a: value };
  assert.equal(problem(value), 'it would take too long to validate');
});

for (const [schema, item] of [
  [{ items: { multipleOf: 0.01 } }, 1e308],
  [{ items: { format: 'uri' } }, 'urn:a:b'],
  [{ items: { anyOf: Array.from({ length: 1000 }, (_, i) => ({ maxLength: i })) } }, 1],
  [{ items: { not: { anyOf: Array.from({ length: 1000 }, () => ({ type: 'string' })) } } }, 1],
  [{ items: { uniqueItems: true } }, ['a'.repeat(50)]],
] as const) {
  test(`many values, each of which takes long, are refused: ${JSON.stringify(schema).slice(0, 50)}`, () => {
    assert.equal(validator(schema)(Array(500_000).fill(item)), 'it would take too long to validate');
  });
}

test('a schema that is nothing but itself refuses', () => {
  assert.equal(validator({ $ref: '#' })(1), 'it would take too long to validate');
});

test('a pattern that explodes elsewhere does not', () => {
  assert.notEqual(validator({ pattern: '^(a+)+$' })(`${'a'.repeat(50_000)}!`), null);
});

test('strict JSON is what everybody reads alike', () => {
  const kindOf = (text: string | Uint8Array) => parseStrictJson(Buffer.from(text), 3).kind;
  for (const text of ['1', '[[[1]]]', '{"a":"]]]][[[["}', ' "\\"[[[[" ']) assert.equal(kindOf(text), 'value', text);
  for (const text of ['', '{', '\ufeff1', "{'a':1}", '[1,]', '"', '[NaN]', '{"a":"\\']) {
    assert.equal(kindOf(text), 'malformed', text);
  }
  assert.equal(kindOf(Uint8Array.of(0x22, 0xff, 0x22)), 'malformed');
  assert.equal(kindOf('{"a":1,"\\u0061":2}'), 'ambiguous');
  assert.equal(kindOf('[[[[1]]]]'), 'too-deep');
  assert.equal(kindOf('['.repeat(1e6)), 'too-deep');
});

const limits = (bytes: number) => ({ budget: new BodyBudget(bytes), receiveTime: 60_000 });

function posting(body: Exchange['body'], bytes = 1e6): Exchange {
  const x = authorized({ method: 'POST', body });
  x.body = body;
  x.bodyLimits = limits(bytes);
  return x;
}

const INTEGER = { inline: '{"type":"integer"}' };

test('a body in memory is not read again, and no promise is made for it', () => {
  const hook = plugin.create(INTEGER, deps).onAuthorized!;
  assert.equal(hook(posting(new BufferedBody('1'))), null);
  const refused = hook(posting(new BufferedBody('"1"')));
  assert.ok(refused !== null && 'reason' in refused && refused.reason === 'bad-body');
});

test('a body that arrives is read into the budget, and its bytes go on', async () => {
  const body = new ManualBody();
  const x = posting(body);
  const outcome = plugin.create(INTEGER, deps).onAuthorized!(x);
  body.write('1');
  body.write('2');
  body.end();
  assert.equal(await outcome, null);
  assert.equal(x.budgeted, 2);
  assert.ok(x.outgoing!.body instanceof BufferedBody && x.body === x.outgoing!.body);
  assert.equal(Buffer.from(x.outgoing!.body.bytes).toString(), '12');
});

for (const [what, config, budget, reason] of [
  ['larger than the plugin reads', { ...INTEGER, maxSize: 1 }, 1e6, 'body-too-large'],
  ['for which there is no room', INTEGER, 1, 'overloaded'],
] as const) {
  test(`a body ${what} is refused`, async () => {
    const body = new ManualBody();
    const outcome = plugin.create(config, deps).onAuthorized!(posting(body, budget));
    body.write('12');
    body.end();
    const refused = await outcome;
    assert.ok(refused !== null && 'reason' in refused && refused.reason === reason);
  });
}
