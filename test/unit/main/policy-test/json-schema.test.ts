import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Check } from 'typebox/schema';
import { parseAllDocuments } from 'yaml';
import { policyTestSchema } from '../../../../src/main/policy-test/json-schema.ts';

const LIBRARY = join(import.meta.dirname, '../../../../policies/library');

const schema: Record<string, unknown> = { ...policyTestSchema() };

function testsIn(text: string): unknown[] {
  const documents = parseAllDocuments(text).map((document) => document.toJS() as { readonly kind?: unknown });
  return documents.filter(({ kind }) => kind === 'PolicyTest');
}

for (const file of readdirSync(LIBRARY).filter((name) => name.endsWith('.test.yaml'))) {
  test(`an editor accepts the tests of ${file}`, () => {
    const tests = testsIn(readFileSync(join(LIBRARY, file), 'utf8'));
    assert.notEqual(tests.length, 0);
    for (const one of tests) assert.ok(Check(schema, one));
  });
}

const spec = (text: string) => testsIn(`{kind: PolicyTest, metadata: {name: t}, spec: ${text}}`)[0];

for (const text of [
  '{}',
  '{defaults: {request: GET http://a.localhost/}, cases: [{expect: deny}]}',
  '{cases: [{given: {user: ann, request: {url: /}}, expect: {reason: policy-denied}}]}',
  '{table: [{name: a, user: ann, request: /x, service: api, expect: allow}]}',
]) {
  test(`an editor accepts ${text}`, () => assert.ok(Check(schema, spec(text))));
}

for (const text of [
  '{defalts: {}}',
  '{cases: [{given: {}}]}',
  '{cases: [{expect: maybe}]}',
  '{cases: [{expect: {decision: perhaps}}]}',
  '{cases: [{request: /x, expect: allow}]}',
  '{table: [{request: [/x], expect: allow}]}',
]) {
  test(`an editor refuses ${text}`, () => assert.equal(Check(schema, spec(text)), false));
}

test('it stands alone, and has nothing of ours in it', () => {
  const text = JSON.stringify(schema);
  assert.doesNotMatch(text, /"x-[a-z-]+":|"\$ref"/);
});
