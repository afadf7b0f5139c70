import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Check } from 'typebox/schema';
import { parseAllDocuments } from 'yaml';
import { jsonSchema } from '../../../src/model/index.ts';

const SOUND = join(import.meta.dirname, '../../golden/native');
const schema: Record<string, unknown> = jsonSchema();
const text = JSON.stringify(schema);

test('every reference leads somewhere and nothing of ours is left in it', () => {
  const defs = Object.keys(schema.$defs as object);
  for (const [, name] of text.matchAll(/"\$ref":"#\/\$defs\/(\w+)"/g)) assert.ok(defs.includes(name!), `${name}`);
  assert.ok(!/"x-[a-z-]+":/.test(text), 'an annotation of ours is left');
});

test('what is not implemented yet says so', () => {
  assert.equal(Object.keys(schema.$defs as object).includes('Session'), false);
  assert.ok(text.includes('"description":"Not implemented yet: it comes with mode MCP."'));
});

/** What only `status` and server-owned fields need is not in the way of an editor either. */
for (const file of readdirSync(SOUND)) {
  test(`an editor accepts ${file}`, () => {
    for (const value of documents(readFileSync(join(SOUND, file), 'utf8'))) {
      assert.ok(Check(schema, value), JSON.stringify(value).slice(0, 200));
    }
  });
}

for (const broken of [
  '{kind: Group, metadata: {name: x}, spec: {unknown: 1}}',
  '{kind: Service, metadata: {name: x}}',
  '{kind: Session, metadata: {name: x}, spec: {}}',
  '{kind: Policy, metadata: {name: x}, spec: {rules: [{effect: ALLOW, condition: {match: a, not: b}}]}}',
  '{kind: Service, metadata: {name: x}, spec: {mode: HTTP, config: {upstream: {url: "http://a", container: {image: a, port: 1}}}}}',
]) {
  test(`an editor refuses ${broken}`, () => assert.equal(Check(schema, documents(broken)[0]), false));
}

function documents(yaml: string): unknown[] {
  const parsed = parseAllDocuments(yaml);
  return (Array.isArray(parsed) ? parsed : []).map((document) => document.toJS()).filter((value) => value !== null);
}
