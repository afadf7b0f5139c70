import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { BUILTINS } from '../../../../policies/rego/builtins/all.ts';
import { beginCall } from '../../../../policies/rego/builtins/builtin.ts';
import { refusalOf } from '../../../../policies/rego/builtins/refused.ts';
import { BuiltinError, isList, isObject, RegoSet, type RegoValue } from '../../../../policies/rego/value.ts';
import { readValue } from '../../../../policies/rego/value-reader.ts';
import { writeValue } from '../../../../policies/rego/value-text.ts';

const FIXTURES = new URL('../../../fixtures/rego/', import.meta.url);

const { results } = JSON.parse(readFileSync(new URL('calls.json', FIXTURES), 'utf8')) as {
  readonly results: readonly (readonly [call: string, expected: string])[];
};

const TIME = 1_709_208_000_123;

/** `error`, `undefined`, or JSON with sets as sorted lists. */
function answer(text: string): string {
  const start = text.indexOf('(');
  const operands = readValue(`[${text.slice(start + 1, -1)}]`)?.value;
  assert.ok(operands !== undefined && isList(operands));
  const result = BUILTINS.get(text.slice(0, start))!(operands, beginCall(TIME));
  if (result instanceof BuiltinError) return 'error';
  return result === undefined ? 'undefined' : writeValue(withoutSets(result));
}

function withoutSets(value: RegoValue): RegoValue {
  if (value instanceof RegoSet)
    return value.items.map(withoutSets).sort((a, b) => (writeValue(a) < writeValue(b) ? -1 : 1));
  if (isList(value)) return value.map(withoutSets);
  return isObject(value) ? new Map([...value].map(([key, inner]) => [key, withoutSets(inner)])) : value;
}

for (const [text, expected] of results) {
  test(`OPA and we agree on ${text}`, () => {
    const isWord = expected === 'error' || expected === 'undefined';
    assert.equal(answer(text), isWord ? expected : writeValue(readValue(expected)!.value));
  });
}

test('what is asked again within one evaluation has the same answer', () => {
  const [random, uuid] = ['rand.intn', 'uuid.rfc4122'].map((name) => BUILTINS.get(name)!);
  const fresh = () => beginCall(0);
  const one = fresh();
  assert.equal(random!(['x', 1e9], one), random!(['x', 1e9], one));
  assert.equal(uuid!(['x'], one), uuid!(['x'], one));
  assert.match(String(uuid!(['x'], one)), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(uuid!(['x'], one), uuid!(['x'], fresh()));
});

test('claims keep every digit, and names are data', () => {
  const part = (json: string) => Buffer.from(json).toString('base64url');
  const token = `${part('{"alg": "none"}')}.${part('{\n\t"id" : 9007199254740993,\r\n "__proto__": [ ]}')}.`;
  const result = BUILTINS.get('io.jwt.decode')!([token], beginCall(TIME));
  assert.ok(result !== undefined && !(result instanceof BuiltinError));
  assert.equal(writeValue(result), '[{"alg":"none"},{"__proto__":[],"id":9007199254740993},""]');
});

test('time.now_ns is the time of the evaluation', () => {
  assert.equal(BUILTINS.get('time.now_ns')!([], beginCall(TIME)), 1_709_208_000_123_000_000n);
});

test('lists that grow have an end', () => {
  const errors = [
    BUILTINS.get('net.cidr_expand')!(['10.0.0.0/8'], beginCall(TIME)),
    BUILTINS.get('numbers.range_step')!([0, 1e9, 1], beginCall(TIME)),
  ];
  assert.ok(errors.every((error) => error instanceof BuiltinError));
});

const NOT_SUPPLIED: Readonly<Record<string, RegExp>> = {
  'http.send': /^the function http\.send is refused: a policy must not send requests/,
  'crypto.x509.parse_certificates':
    /is refused: certificates are verified before a policy is asked; see ctx\.request\.tls$/,
  'crypto.x509.parse_and_verify_certificates': /is refused: certificates are verified/,
  'crypto.x509.parse_certificate_request': /is refused: certificates are verified/,
  'crypto.parse_private_keys': /is refused: a policy holds no private keys$/,
  'crypto.x509.parse_keypair': /is refused: a policy holds no private keys$/,
  'json.match_schema': /^the function json\.match_schema is not supplied$/,
  'json.verify_schema': /is not supplied$/,
  'graphql.parse': /is not supplied$/,
  'graphql.is_valid': /is not supplied$/,
  'rego.parse_module': /is not supplied$/,
};

for (const [name, message] of Object.entries(NOT_SUPPLIED)) {
  test(`a policy that needs ${name} is refused, with a reason`, () => {
    assert.ok(!BUILTINS.has(name));
    assert.match(refusalOf(name), message);
  });
}

const LONG = '1'.repeat(1_000_000);
const ANCHORS = Array.from({ length: 30 }, (_, i) => `a${i}: &a${i} [${i === 0 ? 'x' : `*a${i - 1}, *a${i - 1}`}]`);
const BOMBS: readonly (readonly [name: string, operands: readonly RegoValue[]])[] = [
  ['time.parse_duration_ns', [LONG]],
  ['units.parse', [LONG]],
  ['semver.compare', [`1.${LONG}.0`, '1.0.0']],
  ['yaml.unmarshal', [ANCHORS.join('\n')]],
  ['indexof_n', [LONG, LONG.slice(500_000)]],
  ['regex.replace', ['a', '((a{900}){900}){900}', 'b']],
  ['regex.find_n', ['(a+)+$'.repeat(1000), 'a', 1]],
];

for (const [name, operands] of BOMBS) {
  test(`${name} refuses what would take long`, () => {
    const start = performance.now();
    assert.ok(BUILTINS.get(name)!(operands, beginCall(TIME)) instanceof BuiltinError);
    assert.ok(performance.now() - start < 500);
  });
}

test('patterns take time linear to the text', () => {
  const start = performance.now();
  assert.deepEqual(BUILTINS.get('regex.split')!(['(a+)+$', `${'a'.repeat(20_000)}!`], beginCall(TIME)), [
    `${'a'.repeat(20_000)}!`,
  ]);
  assert.ok(performance.now() - start < 5000);
});

test('operands of another type are errors, for every function', () => {
  for (const [name, builtin] of BUILTINS) {
    const result = builtin([null, null, null, null], beginCall(TIME));
    const needsNone = /^(?:opa\.runtime|time\.now_ns)$/.test(name);
    if (!needsNone && !/^(?:object\.subset|semver\.is_valid|yaml\.marshal)$/.test(name))
      assert.ok(result instanceof BuiltinError, name);
  }
});

/** OPA accepts the first of these, and has no answer for the others. */
const MALFORMED = {
  'a header that must be understood (RFC 7515, 4.1.11)':
    'eyJhbGciOiJIUzI1NiIsImNyaXQiOlsieCJdfQ.eyJpc3MiOiJhIiwic3ViIjoieCIsImF1ZCI6WyJtZSIsInlvdSJdLCJleHAiOjIwMDAwMDAwMDAsIm5iZiI6MTAwMDAwMDAwMCwibiI6MS41fQ.7rWJnAbE7npz99rGWmr65j45Oi89RyVcaKYUBA2qz5E',
  'an expiry that is no number':
    'eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJtZSIsImV4cCI6InNvb24ifQ.zsPXPrx_IPGHrlnf8XuTUIIlchwKAh9kY-jAQAXZk10',
  'claims that are no object': 'eyJhbGciOiJIUzI1NiIsImtpZCI6InEifQ.WzFd.ZlUQM4WVFlZ_PYUNOozvIXTx4bEWJ29TnUgX-ERw35A',
};

for (const [what, token] of Object.entries(MALFORMED)) {
  test(`io.jwt.decode_verify does not accept a token with ${what}`, () => {
    for (const aud of [[], [['aud', 'me']] as const]) {
      const constraints = new Map<RegoValue, RegoValue>([['secret', 'secret'], ...aud]);
      const result = BUILTINS.get('io.jwt.decode_verify')!([token, constraints], beginCall(TIME));
      assert.deepEqual(result, [false, new Map(), new Map()]);
    }
  });
}
