/** A key that is there twice: conditions would see the last value, and an upstream may take the first. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createCelEngine } from '../../policies/cel/engine.ts';
import { hasRepeatedKey } from '../../src/base/json-keys.ts';
import { parseStrictJson } from '../../src/base/strict-json.ts';
import { run } from '../unit/gateway/in-memory.ts';
import { input } from '../unit/policies/fixtures.ts';

const REPEATED = [
  '{"action":"delete","action":"read"}',
  '{"action":"delete","\\u0061ction":"read"}',
  '{"a":{"b":[1,{"c":1,"d":{},"c":2}]}}',
  '{"":1,"":2}',
  '{"\\"":1,"\\u0022":2}',
  '{"\\\\":1,"x":"\\\\","\\u005c":2}',
  '{"__proto__":1,"__proto__":2}',
  ' {\n"a" : 1 ,\t"b":[ ] , "a":1}',
  '{"a":[{"b":1},{"b":1,"b":2}]}',
  `${'{"a":'.repeat(5000)}{"b":1,"b":2}${'}'.repeat(5000)}`,
];

const SOUND = [
  '{}',
  '{"a":{"a":{"a":1}},"b":{"a":2}}',
  '{"a":["a","a",{"a":1},{"a":1}],"A":1}',
  '{"a":"\\"a\\":1,\\"a\\":2","b":"{\\"a\\":1,"}',
  '{"a\\\\":1,"a":"\\\\","b":",","c":"a"}',
];

for (const body of REPEATED) {
  test(`${body.slice(0, 60)} reaches nobody`, async () => {
    const { x, seen, response } = await run({ service: { buffering: { limit: 100_000, json: true } }, body });
    assert.deepEqual([x.refusal?.reason, response.status, seen.length], ['bad-body', 400, 0]);
  });
}

for (const body of SOUND) {
  test(`${body} is passed on`, async () => {
    const { x, seen } = await run({ service: { buffering: { limit: 100_000, json: true } }, body });
    assert.deepEqual([x.refusal, seen[0]?.body], [null, body]);
  });
}

describe('json.parse', () => {
  const compiled = createCelEngine().compile('json.parse(ctx.request.http.bodyMap.text).size() >= 0');
  assert.ok(compiled.ok);
  const { program } = compiled;
  const kindOf = (text: string) => program.evaluate(input({ body: { bytes: Buffer.from(''), json: { text } } })).kind;
  test('fails for repeated keys', () => {
    assert.deepEqual([...new Set(REPEATED.map(kindOf))], ['error']);
    assert.deepEqual([...new Set(SOUND.map(kindOf))], ['value']);
  });
});

test('what a serializer writes has no repeated keys, and one more is found', () => {
  fc.assert(
    fc.property(fc.json(), fc.string(), fc.json(), (text, key, value) => {
      assert.equal(hasRepeatedKey(text), false);
      assert.equal(parseStrictJson(Buffer.from(text), 100).kind, 'value');
      const name = JSON.stringify(key);
      const escaped = `"${Array.from({ length: key.length }, (_, i) => `\\u${key.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')}"`;
      assert.equal(hasRepeatedKey(`[{${name}:${text}},{${name}:${value}}]`), false);
      const repeated = `[${text},{${name}:${text},${escaped}:${value}}]`;
      assert.equal(hasRepeatedKey(repeated), true);
      assert.equal(parseStrictJson(Buffer.from(repeated), 100).kind, 'ambiguous');
    }),
  );
});
