/** Calls of functions of Rego whose operands are chosen to hold a worker or to fill its memory. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BUILTINS } from '../../policies/rego/builtins/all.ts';
import { beginCall } from '../../policies/rego/builtins/builtin.ts';
import { loadModule } from '../../policies/rego/module.ts';
import { NATIVE_ANSWERS } from '../../policies/rego/native/functions.ts';
import { BuiltinError, RegoSet, type RegoValue } from '../../policies/rego/value.ts';
import { inOrder } from '../../policies/rego/value-order.ts';
import { readValue } from '../../policies/rego/value-reader.ts';
import { writeValue } from '../../policies/rego/value-text.ts';
import { wasmOf } from '../unit/policies/rego/fixtures.ts';

const OVER = /take more than one evaluation may/;

function value(json: unknown): RegoValue {
  return readValue(JSON.stringify(json))!.value;
}

function outcome(name: string, operands: readonly RegoValue[], call = beginCall(0)): string {
  const result = BUILTINS.get(name)!(operands, call);
  if (result instanceof BuiltinError) return OVER.test(result.message) ? 'over' : 'error';
  return result === undefined ? 'undefined' : 'value';
}

function copies(count: number, from = ''): RegoValue {
  return value(Array.from({ length: count }, (_, i) => ({ op: 'copy', from, path: `/a${i}` })));
}

function addresses(count: number, network: number): string[] {
  return Array.from({ length: count }, (_, i) => `${network}.0.${i >> 8}.${i & 255}`);
}

const LONG = 'a'.repeat(1_000_000);
const MANY = Array.from({ length: 5000 }, (_, i) => `k${i}`);

describe('ends when it has taken what one evaluation may', () => {
  const calls: readonly (readonly [what: string, name: string, operands: readonly RegoValue[]])[] = [
    ['a document that is copied into itself', 'json.patch', [value({ x: 1 }), copies(26)]],
    ['a document that is copied into itself a thousand times', 'json.patch', [value({ x: 1 }), copies(1000)]],
    ['a long text that is copied', 'json.patch', [value({ x: LONG }), copies(1000, '/x')]],
    [
      'a wide document with many operations',
      'json.patch',
      [
        value(Object.fromEntries(MANY.map((key) => [key, 1]))),
        value(MANY.map((key) => ({ op: 'replace', path: `/${key}`, value: 2 }))),
      ],
    ],
    [
      'a large value that is compared again and again',
      'json.patch',
      [value(MANY), value(Array.from({ length: 100 }, () => ({ op: 'test', path: '', value: MANY })))],
    ],
    ['networks and addresses', 'net.cidr_contains_matches', [addresses(5000, 10), addresses(5000, 11)]],
    [
      'a large item that stands in each match',
      'net.cidr_contains_matches',
      [new RegoSet([['0.0.0.0/0', LONG]]), addresses(500, 10)],
    ],
    ['many networks that are joined', 'net.cidr_merge', [addresses(60_000, 10).map((one) => `${one}/32`)]],
    ['the addresses of a network of IPv6', 'net.cidr_expand', ['2001:db8::/112']],
    ['texts and beginnings', 'strings.any_prefix_match', [MANY, MANY.map((key) => `x${key}`)]],
    ['texts and ends', 'strings.any_suffix_match', [MANY, MANY.map((key) => `${key}x`)]],
    ['a part that is nearly found everywhere', 'strings.count', [LONG, `b${'a'.repeat(10_000)}`]],
    ['a separator that is nearly found everywhere', 'strings.split_n', [LONG, `b${'a'.repeat(10_000)}`, 2]],
    ['an operand that is named again and again', 'sprintf', ['%[1]s'.repeat(50_000), [LONG]]],
    ['wide fields', 'sprintf', ['%[1]1000d'.repeat(50_000), [1]]],
    ['a list of keys in YAML', 'yaml.is_valid', [`{${MANY.join(',')}}`]],
    ['lines of keys in YAML', 'yaml.unmarshal', [MANY.map((key) => `${key}: 1`).join('\n')]],
    ['a value of many parts as YAML', 'yaml.marshal', [MANY]],
    ['matches that each need the rest of the text', 'regex.find_n', ['a(.*y)?', 'a'.repeat(20_000), -1]],
    ['a text that a replacement fills', 'regex.replace', ['a'.repeat(2000), 'a', LONG]],
    ['a text that groups of a replacement fill', 'regex.replace', ['a'.repeat(20_000), '(a*)', '$1'.repeat(1000)]],
    ['characters between empty matches', 'regex.split', ['', LONG]],
    ['a name that stands before each value', 'urlquery.encode_object', [new Map([[LONG, MANY]])]],
    ['a long query', 'urlquery.decode', [`%41${LONG}`]],
    ['a layout of many fields', 'time.format', [[0, 'UTC', '2'.repeat(100_000)]]],
    [
      'a token that is tried with every key of a set',
      'io.jwt.verify_rs256',
      ['e30.e30.', JSON.stringify({ keys: MANY })],
    ],
  ];
  for (const [what, name, operands] of calls) {
    test(`${name}: ${what}`, () => assert.equal(outcome(name, operands), 'over'));
  }
});

describe('what is linear is done', () => {
  test('a query with one name again and again', () => {
    const result = BUILTINS.get('urlquery.decode_object')!(['a&'.repeat(2000)], beginCall(0));
    assert.equal(writeValue(result as RegoValue), JSON.stringify({ a: Array(2000).fill('') }));
  });

  test('a part that begins at every item of a list and ends at none', () => {
    const [whole, part] = [Array<string>(20_000).fill('a'), Array<string>(10_000).fill('a')];
    const subset = BUILTINS.get('object.subset')!;
    assert.equal(subset([whole, [...part, 'b']], beginCall(0)), false);
    assert.equal(
      subset(
        [
          [...whole, 'b'],
          [...part, 'b'],
        ],
        beginCall(0),
      ),
      true,
    );
  });

  test('positions of a part that overlaps itself', () => {
    const positions = BUILTINS.get('indexof_n')!(['a'.repeat(100_000), 'a'.repeat(50_000)], beginCall(0));
    assert.equal((positions as readonly number[]).length, 50_001);
  });

  test('escapes of a query that are part of characters', () => {
    const decode = BUILTINS.get('urlquery.decode')!;
    assert.equal(decode(['a+%C3%A9é%F0%9F%98%80%2B%C3x'], beginCall(0)), 'a éé😀+\ufffdx');
  });

  test('keys of YAML that are there twice are still an error', () => {
    const isValid = (text: string) => BUILTINS.get('yaml.is_valid')!([text], beginCall(0));
    assert.deepEqual(['a: 1\na: 2', 'x: {b: 1, "b": 2}', '- {a: 1}\n- {a: 1}'].map(isValid), [false, false, true]);
  });
});

test('all calls of one evaluation count together', () => {
  const call = beginCall(0);
  const outcomes = Array.from({ length: 100 }, () => outcome('yaml.is_valid', ['[1, 2, 3]'.repeat(20)], call));
  assert.equal(outcomes[0], 'value');
  assert.equal(outcomes.at(-1), 'over');
  assert.equal(outcome('yaml.is_valid', ['[1, 2, 3]']), 'value');
});

test('a long text in which the one to be replaced is nearly found again and again', () => {
  const result = NATIVE_ANSWERS.get('replace')!([LONG.slice(0, 500_000), `${LONG.slice(0, 5000)}b`, 'x'], beginCall(0));
  assert.ok(result instanceof BuiltinError && OVER.test(result.message));
});

test('a patch makes nothing that is too deep to be written', () => {
  const deeper = Array.from({ length: 600 }, (_, i) => ({ op: 'add', path: '/0'.repeat(i + 1), value: [] }));
  assert.equal(outcome('json.patch', [[], value(deeper)]), 'error');
});

test('a number of more than two hundred digits is not read', () => {
  assert.equal(readValue('9'.repeat(201)), null);
  assert.equal(typeof readValue('9'.repeat(200))?.value, 'bigint');
});

test('keys that are put in order are read once', () => {
  let reads = 0;
  const items = Array.from({ length: 200 }, (_, i) => new Map([['k', (i * 7919) % 200]]));
  const sorted = inOrder(items, (item) => {
    reads += 1;
    return item;
  });
  assert.equal(reads, items.length);
  assert.equal(writeValue(sorted[0]!), '{"k":0}');
});

test('a request with such a patch is denied, and the next one is decided', () => {
  const loaded = loadModule(wasmOf('patch'));
  assert.ok(loaded.ok);
  const ask = (count: number) => {
    const operations = Array.from({ length: count }, (_, i) => ({ op: 'copy', from: '', path: `/a${i}` }));
    const input = JSON.stringify({ ctx: { request: { http: { bodyMap: { operations } } } } });
    return loaded.module.evaluate('octelium/condition/match', Buffer.from(input), 0);
  };
  const denied = ask(26);
  assert.ok(denied.kind === 'error' && OVER.test(denied.message));
  assert.deepEqual(ask(3), { kind: 'value', value: true });
});

test('a zone that is spelt in many ways is kept once', () => {
  const { DateTimeFormat } = Intl;
  let made = 0;
  class Counted extends DateTimeFormat {
    constructor(locale?: string, options?: Intl.DateTimeFormatOptions) {
      super(locale, options);
      if (options?.timeZoneName === 'short') made += 1;
    }
  }
  const spelt = (n: number) => [...'america/guatemala'].map((c, i) => ((n >> i) & 1 ? c.toUpperCase() : c)).join('');
  Object.assign(Intl, { DateTimeFormat: Counted });
  try {
    const times = Array.from({ length: 300 }, (_, n) =>
      BUILTINS.get('time.format')!([[0, spelt(n), 'MST']], beginCall(0)),
    );
    assert.deepEqual([...new Set(times)], ['CST']);
  } finally {
    Object.assign(Intl, { DateTimeFormat });
  }
  assert.equal(made, 1);
});
