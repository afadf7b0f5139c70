import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KIND_NAMES, KINDS, type Kind } from '../../../src/model/index.ts';
import { judgeAnnotations } from '../../../src/model/validate/annotations.ts';
import { asNode, resolved, type SchemaNode } from '../../../src/model/validate/schema-node.ts';

/** The paths of everything that a kind's schema marks as not implemented yet. */
function plannedPaths(node: SchemaNode, path: (string | number)[] = []): (string | number)[][] {
  if (node['x-planned'] !== undefined) return [path];
  if (node.$ref !== undefined && path.includes('of')) return [];
  const whole = resolved(node);
  const items = whole.items === undefined ? [] : plannedPaths(whole.items, [...path, 0]);
  return [
    ...items,
    ...Object.entries(whole.properties ?? {}).flatMap(([key, child]) => plannedPaths(child, [...path, key])),
  ];
}

function nested(path: readonly (string | number)[], value: unknown): unknown {
  return path.reduceRight((inner, key) => (typeof key === 'number' ? [inner] : { [key]: inner }), value);
}

function judge(kind: Kind, path: readonly (string | number)[]) {
  return judgeAnnotations(asNode(KINDS[kind].schema), nested(path, 'anything')).problems;
}

for (const kind of KIND_NAMES) {
  for (const path of plannedPaths(asNode(KINDS[kind].schema))) {
    test(`${kind} ${path.join('.')} is refused until it is implemented`, () => {
      const found = judge(kind, path).filter((one) => one.message === 'is known but not implemented yet');
      assert.deepEqual(
        found.map((one) => one.path),
        [path],
      );
    });
  }
}

test('there are planned fields, and implemented ones are not among them', () => {
  const paths = plannedPaths(asNode(KINDS.Service.schema)).map((path) => path.join('.'));
  assert.ok(paths.includes('spec.config.llm'));
  assert.ok(paths.includes('spec.config.mcp'));
  assert.ok(!paths.includes('spec.config.upstream.url'));
});
