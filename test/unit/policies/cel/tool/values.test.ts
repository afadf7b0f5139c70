import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readValue } from '../../../../../policies/cel/tool/read-value.ts';
import { showValue } from '../../../../../policies/cel/tool/show-value.ts';
import { writeValue } from '../../../../../policies/cel/tool/write-value.ts';
import { Failure } from '../../../../../policies/values/failure.ts';

/** Typed JSON, and the same value as an expression would write it. */
const VALUES: readonly (readonly [json: string, shown: string])[] = [
  ['{"null":null}', 'null'],
  ['{"bool":true}', 'true'],
  ['{"int":"-9223372036854775808"}', '-9223372036854775808'],
  ['{"uint":"18446744073709551615"}', '18446744073709551615u'],
  ['{"double":1.5}', '1.5'],
  ['{"double":2}', '2.0'],
  ['{"double":-0.0}', '-0.0'],
  ['{"double":1e+30}', '1e+30'],
  ['{"double":"NaN"}', 'double("NaN")'],
  ['{"double":"-Infinity"}', 'double("-Infinity")'],
  ['{"string":"é\\n🙂"}', '"é\\n🙂"'],
  ['{"bytes":"YSIA/w=="}', 'b"a\\x22\\x00\\xff"'],
  ['{"list":[]}', '[]'],
  ['{"list":[{"int":"1"},{"string":"a"}]}', '[1, "a"]'],
  ['{"map":[]}', '{}'],
  ['{"map":[[{"string":"a"},{"int":"1"}],[{"uint":"2"},{"bool":false}]]}', '{"a": 1, 2u: false}'],
  ['{"type":"google.protobuf.Timestamp"}', 'google.protobuf.Timestamp'],
  ['{"timestamp":"2024-02-29T23:59:59.000000001Z"}', 'timestamp("2024-02-29T23:59:59.000000001Z")'],
  ['{"timestamp":"0001-01-01T00:00:00Z"}', 'timestamp("0001-01-01T00:00:00Z")'],
  ['{"duration":"-1.5s"}', 'duration("-1.5s")'],
  ['{"duration":"9223372036.854775807s"}', 'duration("9223372036.854775807s")'],
  ['{"optional":[]}', 'optional.none()'],
  ['{"optional":[{"null":null}]}', 'optional.of(null)'],
];

for (const [json, shown] of VALUES) {
  test(`${json} comes back as it was, and is shown as ${shown}`, () => {
    const value = readValue(JSON.parse(json));
    assert.equal(writeValue(value), json);
    assert.equal(showValue(value), shown);
  });
}

test('an offset of a timestamp is taken off', () => {
  const value = readValue({ timestamp: '2024-01-01T00:30:00+01:00' });
  assert.equal(writeValue(value), '{"timestamp":"2023-12-31T23:30:00Z"}');
});

const MISTAKES: readonly (readonly [json: unknown, message: RegExp])[] = [
  [5, /expected a value with its type.*got 5/],
  [null, /expected a value with its type/],
  [{}, /expected a value with its type/],
  [{ int: '1', uint: '1' }, /expected a value with its type/],
  [{ integer: '1' }, /"integer" is no type of values/],
  [{ toString: '1' }, /"toString" is no type of values/],
  [{ int: 1 }, /\{"int":1\} is no int/],
  [{ int: '9223372036854775808' }, /is no int/],
  [{ int: '1.0' }, /is no int/],
  [{ uint: '-1' }, /is no uint/],
  [{ double: '1.5' }, /is no double/],
  [{ bool: 1 }, /is no bool/],
  [{ bytes: 'a b' }, /is no bytes/],
  [{ list: {} }, /is no list/],
  [{ list: [{ int: '1' }, 2] }, /got 2/],
  [{ map: [[{ string: 'a' }]] }, /is no map/],
  [{ map: [[{ double: 1 }, { int: '1' }]] }, /cannot be a key/],
  [{ map: [[{ list: [] }, { int: '1' }]] }, /cannot be a key/],
  [{ map: ['1', '1u'].map((int) => [{ [int.length > 1 ? 'uint' : 'int']: '1' }, { null: null }]) }, /is there twice/],
  [{ timestamp: '2023-02-29T00:00:00Z' }, /is no timestamp/],
  [{ timestamp: '9999-12-31T23:59:59-00:01' }, /is no timestamp/],
  [{ duration: '1h' }, /is no duration/],
  [{ duration: '9223372036.854775808s' }, /is no duration/],
  [{ optional: [{ int: '1' }, { int: '1' }] }, /is no optional/],
];

for (const [json, message] of MISTAKES) {
  test(`${JSON.stringify(json)} is refused`, () => {
    const value = readValue(json);
    assert.ok(value instanceof Failure);
    assert.match(value.message, message);
  });
}

test('values nest, but not without end', () => {
  const nested = (depth: number) => JSON.parse(`${'{"list":['.repeat(depth)}${']}'.repeat(depth)}`);
  assert.ok(!(readValue(nested(100)) instanceof Failure));
  assert.ok(readValue(nested(100_000)) instanceof Failure);
});
