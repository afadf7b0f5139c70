import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { freeMap } from '../../../../../policies/input/plain.ts';
import { table } from './table.ts';
import { given } from './value.ts';

describe('time', () => {
  table({
    'now()': 'timestamp("2026-01-01T00:00:00Z")',
    'time.isWeekday(timestamp("2026-11-20T23:00:00Z"))': 'true',
    'time.isWeekend(timestamp("2026-11-20T23:00:00Z"))': 'false',
    'time.isWeekendInTZ(timestamp("2026-11-20T23:00:00Z"), "Asia/Tokyo")': 'true',
    'time.isWeekdayInTZ(timestamp("2026-11-21T01:00:00Z"), "-05:00")': 'true',
    'time.isWeekend(timestamp("0001-01-01T00:00:00Z"))': 'false',
    'time.isWeekend(timestamp("1969-12-28T23:59:59Z"))': 'true',
  });
  test('an unknown zone fails', () => {
    for (const zone of ['"Nowhere/Town"', 'string(dyn("Nowhere/Town"))']) {
      assert.match(given(`time.isWeekdayInTZ(now(), ${zone})`), /unknown time zone/);
    }
  });
});

describe('addresses', () => {
  const noAddress = '<the text is not an IP address>';
  table({
    'net.isIP("::1")': 'true',
    'net.isIP("1.2.3.4/8")': 'false',
    'net.isIPv4("10.0.0.1")': 'true',
    'net.isIPv4("::1")': 'false',
    'net.isIPv6("fe80::1")': 'true',
    'net.isPrivateIP("192.168.7.7")': 'true',
    'net.isPrivateIP("fd00::1")': 'true',
    'net.isPrivateIP("8.8.8.8")': 'false',
    'net.isPrivateIP("x")': noAddress,
    'net.isIPInRange("::ffff:10.0.0.9", "10.0.0.0/24")': 'true',
    'net.isIPInRange("10.0.1.9", string(dyn("10.0.0.0/24")))': 'false',
    'net.isIPInRange("x", "10.0.0.0/8")': noAddress,
    'net.isIPInRange("10.0.0.1", "10.0.0.1")': '<the text is not a CIDR block, such as 10.0.0.0/8>',
    'net.isIPInRange("10.0.0.1", string(dyn("10.0.0.0/33")))': '<the text is not a CIDR block, such as 10.0.0.0/8>',
  });
});

describe('JSON', () => {
  const noObject = '<json.parse: the text is not a JSON object>';
  table({
    'json.parse("{\\"a\\": [1, {\\"b\\": \\"x\\"}]}")': '{"a": [1.0, {"b": "x"}]}',
    'json.parse("{\\"__proto__\\": 1}")["__proto__"]': '1.0',
    'json.parse("[1]")': noObject,
    'json.parse("secret")': noObject,
    'json.parse("null")': noObject,
    'json.marshal({"a": [1, 2u, 1.5, "\\"", null], true: b"\\xff", 3: duration("1.5s")})': JSON.stringify(
      '{"a":[1,2,1.5,"\\"",null],"true":"/w==","3":"1.5s"}',
    ),
    'json.marshal([9007199254740993, 9007199254740991, double("nan"), now(), int])': JSON.stringify(
      '["9007199254740993",9007199254740991,"NaN","2026-01-01T00:00:00Z","int"]',
    ),
    'json.marshal(optional.of(1))': '<json.marshal: the value has no JSON form>',
  });

  const nested = (depth: number) => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;

  test('nesting ends somewhere', () => {
    const texts = new Map([
      ['shallow', nested(99)],
      ['deep', nested(20_000)],
      ['brackets', JSON.stringify({ a: '['.repeat(1000) })],
    ]);
    assert.equal(given('has(json.parse(shallow).a)', texts), 'true');
    assert.equal(given('has(json.parse(brackets).a)', texts), 'true');
    assert.equal(given('json.parse(deep)', texts), '<json.parse: the text is nested too deeply>');
  });

  test('values nested too deeply are not written', () => {
    const values = new Map([['deep', freeMap(JSON.parse(nested(150)))]]);
    assert.equal(given('json.marshal(deep)', values), '<json.marshal: the value is nested too deeply>');
    assert.equal(given('"%s".format([deep])', values), '<the value is nested too deeply to be formatted>');
    assert.equal(given('deep.a.flatten(1000)', values), '<the lists are nested too deeply to be flattened>');
  });
});
